import type { Protection, ProtectionLeg } from '#domain/entry-plan.ts';
import { amount, sum, type DecimalString } from '#domain/money.ts';
import type { Capabilities } from '#venues/venue.ts';
import { isOver } from '#domain/order.ts';
import {
  listOrders,
  liveOrders,
  markCanceled,
  newest,
  type OrderRecord,
} from '#prisma/repositories/orders.ts';
import { tell } from '#prisma/repositories/trade-events.ts';
import type { ExecutionDeps, TradeContext } from './context.ts';
import { protectionDraft } from './drafts.ts';
import { moveTrigger } from './move-trigger.ts';
import { positionOptions } from './order-desk/index.ts';

/** What of a protection can rest at a venue; the watcher fires the other targets. */
export function residentLegs(
  { residentTargets }: Pick<Capabilities, 'residentTargets'>,
  { legs, levels }: Protection,
): ProtectionLeg[] {
  if (residentTargets === 'ladder') return legs;
  const last = closesAll(levels.targets) ? legs.findLast(({ leg }) => leg === 'take_profit') : undefined;
  return legs.filter((leg) => leg.leg === 'stop' || leg === last);
}

/** How many of the first targets can rest nowhere, so that the watcher has to send their orders. */
export function countFiredTargets(
  { residentTargets }: Pick<Capabilities, 'residentTargets'>,
  targets: readonly { fraction: number }[],
): number {
  if (residentTargets === 'ladder') return 0;
  return closesAll(targets) ? targets.length - 1 : targets.length;
}

const closesAll = (targets: readonly { fraction: number }[]): boolean =>
  sum(targets.map(({ fraction }) => amount(fraction))).gte(1);

const targetsOf = (legs: readonly ProtectionLeg[]): ProtectionLeg[] =>
  legs.filter(({ leg }) => leg === 'take_profit');

/** Rests every take profit that has no order yet. A target the venue refuses is told, not retried: the stop holds. */
export async function placeTargets(
  deps: ExecutionDeps,
  context: TradeContext,
  legs: readonly ProtectionLeg[],
): Promise<void> {
  const targets = targetsOf(legs);
  if (targets.length > 0)
    await placeMissing(deps, context, targets, await listOrders(deps.db, context.trade.id));
}

/** The same, with targets that came with the entry first moved to where its fill puts them. */
export async function restTargets(
  deps: ExecutionDeps,
  context: TradeContext,
  legs: readonly ProtectionLeg[],
): Promise<void> {
  const targets = targetsOf(legs);
  if (targets.length === 0) return;
  const orders = await listOrders(deps.db, context.trade.id);
  await alignTargets(deps, context, targets, orders);
  await placeMissing(deps, context, targets, orders);
}

async function placeMissing(
  deps: ExecutionDeps,
  { trade, plan, desk }: TradeContext,
  targets: readonly ProtectionLeg[],
  orders: readonly OrderRecord[],
): Promise<void> {
  const drafts = targets.flatMap((leg) => {
    const last = newest(orders, 'take_profit', leg.legNumber);
    if (last && (!isOver(last.status) || last.status === 'filled')) return [];
    return [protectionDraft(trade, desk.venue, plan, leg, last ? last.revision + 1 : 0)];
  });
  if (drafts.length === 0) return;
  const reports = await deps.orderDesk.send({ desk, instrument: plan.instrument, drafts });
  for (const [index, report] of reports.entries()) {
    const draft = drafts[index];
    if (report.status !== 'rejected' || !draft) continue;
    await tell(deps.db, {
      tradeId: trade.id,
      key: `target_refused/${draft.clientOrderId}`,
      type: 'target_refused',
      text: `The venue refused take profit ${draft.legNumber}: ${report.text ?? report.code}`,
      data: { legNumber: draft.legNumber, code: report.code },
    });
  }
}

/** A stop or target this near (percent of price) to where it should stand is left alone. */
const REPRICE_TOLERANCE_PCT = 0.02;

/** One that the venue will not move stays: it takes profit a little earlier or later, and the stop holds either way. */
async function alignTargets(
  deps: ExecutionDeps,
  context: TradeContext,
  targets: readonly ProtectionLeg[],
  orders: readonly OrderRecord[],
): Promise<void> {
  for (const leg of targets) {
    const resting = newest(orders, 'take_profit', leg.legNumber);
    if (!resting || isOver(resting.status) || isNear(resting.triggerPrice, leg.triggerPrice)) continue;
    const result = await moveTrigger(deps, context, resting, leg);
    if (!result.ok)
      deps.logger.warn({ tradeId: context.trade.id, ...result }, 'the venue did not move a target');
  }
}

export const isNear = (a: DecimalString | null, b: DecimalString): boolean =>
  a !== null && amount(a).div(b).sub(1).abs().mul(100).lte(REPRICE_TOLERANCE_PCT);

/** Cancels orders of the trade at the venue; throws when the venue does not confirm, so that the caller retries. */
export async function cancelOrders(
  deps: ExecutionDeps,
  { desk, plan }: Pick<TradeContext, 'desk' | 'plan'>,
  orders: readonly OrderRecord[],
  why: string,
): Promise<void> {
  const [first] = orders;
  if (!first) return;
  const nonce = await desk.nextNonce();
  const clientOrderIds = orders.map(({ clientOrderId }) => clientOrderId);
  const options = { nonce, ...(await positionOptions(deps, desk, first.tradeId)) };
  const outcome = await desk.venue.execution.cancel(desk.account, plan.instrument, clientOrderIds, options);
  if (outcome.kind !== 'confirmed')
    throw new Error(`cancel not confirmed (${outcome.kind}): ${outcome.text}`);
  await markCanceled(
    deps.db,
    orders.map(({ id }) => id),
    why,
  );
}

/** Cancels every order of the trade that may still fill. */
export async function cancelLeftovers(
  deps: ExecutionDeps,
  context: TradeContext,
  why: string,
): Promise<number> {
  const live = liveOrders(await listOrders(deps.db, context.trade.id));
  await cancelOrders(deps, context, live, why);
  return live.length;
}
