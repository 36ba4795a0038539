import type { Barriers } from './barriers.ts';

/**
 * Returns the exits of a call at an agent with these defaults. A call that names its stop and its targets is a plan of
 * its own: of the agent it takes the time limit and nothing else. To any other call the agent adds the parts that it
 * does not name. The rule is the same for posts and for calls over the API and the command line.
 */
export function completeBarriers(own: Barriers, defaults: Barriers): Barriers {
  const isWhole = own.stopLoss !== undefined && own.takeProfits !== undefined;
  if (!isWhole) return { ...defaults, ...own };
  return defaults.timeLimitMs === undefined ? own : { timeLimitMs: defaults.timeLimitMs, ...own };
}
