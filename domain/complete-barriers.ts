import type { AgentBarriers } from './agent-barriers.ts';
import type { Barriers } from './barriers.ts';
import { BARRIER_PARTS, type BarrierPart } from './parse-barriers.ts';

/**
 * Returns the exits of a call at an agent with these defaults. A call that names its stop and its targets is a plan of
 * its own: of the agent it takes the time limit, and nothing else but the parts that the agent says `always` of. To any
 * other call the agent adds the parts that it does not name. A part under `always` is the agent's in every trade. The
 * rule is the same for posts and for calls over the API and the command line.
 */
export function completeBarriers(own: Barriers, { always = [], ...defaults }: AgentBarriers): Barriers {
  const isWhole = own.stopLoss !== undefined && own.takeProfits !== undefined;
  const added = isWhole ? only(defaults, ['timeLimitMs']) : defaults;
  return { ...added, ...own, ...only(defaults, always) };
}

const only = (barriers: Barriers, parts: readonly BarrierPart[]): Barriers =>
  Object.fromEntries(
    BARRIER_PARTS.filter((part) => parts.includes(part) && barriers[part] !== undefined).map((part) => [
      part,
      barriers[part],
    ]),
  );
