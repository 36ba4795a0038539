import type { Barriers } from './barriers.ts';
import { BARRIER_PARTS, parseBarriers, type BarrierPart, type FieldProblem } from './parse-barriers.ts';

/** The exits of an agent: what it adds to calls, and the parts that each of its trades takes whatever the call says. */
export interface AgentBarriers extends Barriers {
  always?: BarrierPart[];
}

/** Reads the exits of an agent from outside: barriers, and beside them the names of parts under `always`. */
export function parseAgentBarriers(
  input: unknown,
): { ok: true; barriers: AgentBarriers } | { ok: false; problems: FieldProblem[] } {
  if (typeof input !== 'object' || input === null || !('always' in input)) return parseBarriers(input);
  const { always, ...rest } = input;
  const parsed = parseBarriers(rest);
  const problems = problemsOf(always, rest);
  if (!parsed.ok) return { ok: false, problems: [...parsed.problems, ...problems] };
  if (problems.length > 0) return { ok: false, problems };
  return { ok: true, barriers: { ...parsed.barriers, always: partsIn(always) } };
}

const partsIn = (always: unknown): BarrierPart[] =>
  BARRIER_PARTS.filter((part) => Array.isArray(always) && always.includes(part));

/** A part can only be taken always where the agent has it. */
function problemsOf(always: unknown, barriers: object): FieldProblem[] {
  if (!Array.isArray(always)) return [{ field: 'always', message: 'must be a list of parts' }];
  return always.flatMap((part: unknown, index): FieldProblem[] => {
    const field = `always[${index}]`;
    if (!BARRIER_PARTS.some((each) => each === part))
      return [{ field, message: `must be one of ${BARRIER_PARTS.join(', ')}` }];
    const own: unknown = Object.entries(barriers).find(([name]) => name === part)?.[1];
    return own === undefined || own === null ? [{ field, message: 'names a part that is not there' }] : [];
  });
}
