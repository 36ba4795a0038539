import { listOrders } from '#prisma/repositories/orders.ts';
import type { Opened, Planned, Refused } from '../contract.ts';
import type { ExecutionDeps } from '../execution/context.ts';
import { openPlanned } from '../execution/open-position.ts';
import { standingOf } from '../ledger/standing.ts';
import type { Plan } from './plan-trade.ts';

/**
 * Sends the entry of a plan, with `mayOpen`, and returns plan and entry. Returns a refusal as it is. An entry whose end
 * is not known is returned as null, for `openPosition` to find out about.
 */
export async function enterTrade(
  deps: ExecutionDeps,
  plan: Plan | Refused,
  mayOpen: boolean,
): Promise<Planned | Refused> {
  if ('outcome' in plan) return plan;
  const standing = standingOf(plan.trade);
  const entry = standing === null && mayOpen ? await openAtOnce(deps, plan) : null;
  const isInDoubt = standing === null && entry === null;
  const isBegun = isInDoubt && (await listOrders(deps.db, plan.trade.id)).length > 0;
  return { ...describePlan(plan), entry, standing, isBegun };
}

/** Sends the entry of a plan; returns null where that fails, because `openPosition` finds out about it and repeats it. */
async function openAtOnce(
  deps: ExecutionDeps,
  { trade, nonce, brakesReadAt }: Plan,
): Promise<Opened | Refused | null> {
  try {
    return await openPlanned(deps, trade, nonce === null ? null : { nonce, brakesReadAt });
  } catch (err) {
    deps.logger.warn({ err, tradeId: trade.id }, 'the entry did not conclude at once');
    return null;
  }
}

const describePlan = ({ trade, deployment, venue }: Plan) => ({
  outcome: 'planned' as const,
  tradeId: trade.id,
  symbol: trade.symbol,
  side: trade.side,
  venue,
  agentName: deployment.agent.name,
  deploymentId: deployment.id,
});
