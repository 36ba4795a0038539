import { parseAgentBarriers, type AgentBarriers } from './agent-barriers.ts';
import { defaultBarriers, type Barriers } from './barriers.ts';
import { completeBarriers } from './complete-barriers.ts';
import {
  BARRIER_PARTS,
  parseAdjustment,
  parseBarriers,
  type BarrierPart,
  type FieldProblem,
} from './parse-barriers.ts';

/** Exits as somebody gave them: the parts, and the parts that were given as `null`, which are wanted to be none. */
export interface GivenBarriers<Parts = Barriers> {
  parts: Parts;
  none: BarrierPart[];
}

type ReadGiven<Parts> =
  | { ok: true; barriers: GivenBarriers<Parts> }
  | { ok: false; problems: FieldProblem[] };

export const NO_BARRIERS_GIVEN: GivenBarriers = { parts: {}, none: [] };

/** Reads exits of a call from outside; returns what is wrong with each field instead where one cannot be read. */
export const readGivenBarriers = (input: unknown): ReadGiven<Barriers> =>
  withNone(input, parseBarriers(input));

/** Reads other exits of an open trade from outside, as `readGivenBarriers` does (`parseAdjustment`). */
export const readGivenAdjustment = (input: unknown): ReadGiven<Barriers> =>
  withNone(input, parseAdjustment(input));

/** Reads the exits of an agent from outside; returns what is wrong with each field where one cannot be read. */
export const readGivenPolicy = (input: unknown): ReadGiven<AgentBarriers> =>
  withNone(input, parseAgentBarriers(input));

function withNone<Parts>(
  input: unknown,
  read: { ok: true; barriers: Parts } | { ok: false; problems: FieldProblem[] },
): ReadGiven<Parts> {
  if (!read.ok) return read;
  const fields = new Map(Object.entries(Object(input)));
  const none = BARRIER_PARTS.filter((part) => fields.get(part) === null);
  return { ok: true, barriers: { parts: read.barriers, none } };
}

/**
 * Completes given exits by those of the agent (`completeBarriers`), without the parts that are wanted to be none. What
 * the agent says `always` of stays its own.
 */
export function completeGiven({ parts, none }: GivenBarriers, agent: AgentBarriers): Barriers {
  const kept = { ...agent };
  for (const part of none) if (agent.always?.includes(part) !== true) delete kept[part];
  return completeBarriers(parts, kept);
}

/** Returns the policy of an agent: its own parts, completed by the defaults of the project. */
export function completePolicy({ parts, none }: GivenBarriers<AgentBarriers>): AgentBarriers {
  const { always, ...own } = parts;
  const policy = completeGiven({ parts: own, none }, defaultBarriers());
  return always === undefined ? policy : { ...policy, always };
}

/** Returns given exits as they are written: a part that is wanted to be none is `null`. */
export const writtenBarriers = ({ parts, none }: GivenBarriers): object => ({
  ...parts,
  ...Object.fromEntries(none.map((part) => [part, null])),
});
