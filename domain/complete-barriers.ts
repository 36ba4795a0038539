import type { Barriers } from './barriers.ts';

/**
 * Returns the barriers of a call, completed by the defaults of its agent. A call that names both its stop and its
 * targets takes only the time limit from the agent; any other call takes every part that it does not name. Posts, API
 * calls and the command line use this one rule.
 */
export function completeBarriers(own: Barriers, defaults: Barriers): Barriers {
  const isWhole = own.stopLoss !== undefined && own.takeProfits !== undefined;
  if (!isWhole) return { ...defaults, ...own };
  return defaults.timeLimitMs === undefined ? own : { timeLimitMs: defaults.timeLimitMs, ...own };
}
