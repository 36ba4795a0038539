import { isOrphan, type Difference, type HeldPosition, type RestingOrder } from '#domain/reconcile.ts';
import type { CheckedAccount } from '#prisma/repositories/account-checks.ts';
import type { FoundPosition } from '#prisma/repositories/adoptions.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { markCanceled } from '#prisma/repositories/order-reports.ts';
import { newest } from '#prisma/repositories/order-record.ts';
import { reviveTrade } from '#prisma/repositories/revivals.ts';
import { beginUnprotected } from '#prisma/repositories/trade-changes.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import type { Venue } from '#venues/venue.ts';
import { loadContext } from '../execution/context.ts';
import { cancelAtVenue } from '../execution/cancel-orders.ts';
import { isFresh } from '../execution/known-order.ts';
import { bookGone, bookMovedOrder, replaceTarget } from './correct-orders.ts';
import { adopt, planAdoption } from './adopt.ts';
import { correctSize, sizesOf } from './correct-size.ts';
import { carryOut, type Correction, type ReconcileDeps } from './correction.ts';
import { planNettedRevival, planRevival, type PlannedRevival } from './revive.ts';

/**
 * Corrects the records where they differ from the venue, and records the correction. Returns whether anything was
 * changed.
 */
export async function correct(
  deps: ReconcileDeps,
  venue: Venue,
  account: CheckedAccount,
  difference: Difference,
): Promise<boolean> {
  if (difference.kind === 'order_moved') return bookMovedOrder(deps, difference);
  const correction = await plan(deps, venue, account, difference);
  return correction !== null && carryOut(deps, difference, correction);
}

function plan(
  deps: ReconcileDeps,
  venue: Venue,
  account: CheckedAccount,
  difference: Exclude<Difference, { kind: 'order_moved' }>,
): Promise<Correction | null> {
  switch (difference.kind) {
    case 'unknown_position':
      return adoptUnknown(deps, venue, account, difference);
    case 'trade_outlived':
      return goOnWith(deps, venue, difference);
    case 'position_gone':
    case 'size_differs':
      return correctSize(deps, venue, difference);
    case 'stop_gone':
      return replaceStop(deps, account, difference);
    case 'target_gone':
      return replaceTarget(deps, difference);
    case 'orphan_order':
      return cancelOrphan(deps, difference.order);
    default:
      return difference satisfies never;
  }
}

async function adoptUnknown(
  deps: ReconcileDeps,
  venue: Venue,
  account: CheckedAccount,
  { position }: Extract<Difference, { kind: 'unknown_position' }>,
): Promise<Correction | null> {
  const planned = await planNettedRevival(deps, venue, account, position);
  if (planned) return revival(deps, planned, position);
  const found = account.mayAdopt ? await planAdoption(deps, venue, account, position) : null;
  return found && adoption(deps, account, position, found);
}

/** Adopts a position and starts the workflow that holds it. */
function adoption(
  deps: ReconcileDeps,
  { venue, accountId }: CheckedAccount,
  { symbol, size, entryPrice }: HeldPosition,
  found: FoundPosition,
): Correction {
  let trade: TradeRecord | null = null;
  return {
    async write(tx) {
      trade = await adopt(tx, found);
      return {
        action: 'position.adopt',
        subject: `account/${venue}/${accountId}`,
        before: { symbol, trade: null },
        after: { symbol, size, entryPrice, trade: trade.id },
      };
    },
    follow: async () => trade && deps.lifecycles.ensure(trade),
  };
}

async function goOnWith(
  deps: ReconcileDeps,
  venue: Venue,
  { tradeId, position }: Extract<Difference, { kind: 'trade_outlived' }>,
): Promise<Correction | null> {
  const planned = await planRevival(deps, venue, await getTrade(deps.db, tradeId), position);
  return planned && revival(deps, planned, position);
}

/** Opens a trade again and starts its workflow, which places its stop. */
const revival = (
  deps: ReconcileDeps,
  { trade: ended, revival: goesOn }: PlannedRevival,
  { size }: HeldPosition,
): Correction => ({
  async write(tx) {
    const trade = await reviveTrade(tx, ended, goesOn);
    if (!trade) return null;
    return {
      action: 'trade.revive',
      subject: `trade/${trade.id}`,
      before: { phase: ended.phase },
      after: { phase: trade.phase, ...sizesOf(trade), venueSize: size },
      line: { tradeId: trade.id, text: `The venue still holds ${size} that this trade opened: it goes on` },
    };
  },
  follow: () => deps.lifecycles.ensure(ended),
});

/** Books that the stop is gone; the trade's workflow places another. */
async function replaceStop(
  deps: ReconcileDeps,
  { checkedAt }: CheckedAccount,
  { trade: { tradeId }, report }: Extract<Difference, { kind: 'stop_gone' }>,
): Promise<Correction | null> {
  const trade = await getTrade(deps.db, tradeId);
  const stop = newest(await listOrders(deps.db, tradeId), 'stop');
  if (trade.phase !== 'open' || (stop && !report && isFresh(deps, stop))) return null;
  return {
    async write(tx) {
      if (stop) await bookGone(tx, stop, report);
      // It is not known when the stop went: at the last check it rested.
      await beginUnprotected(tx, tradeId, checkedAt ?? deps.now());
      return {
        action: 'trade.stop_gone',
        subject: `trade/${tradeId}`,
        before: {
          stopPrice: trade.stopPrice,
          order: stop?.clientOrderId ?? null,
          status: stop?.status ?? null,
        },
        after: { status: report?.status ?? null, text: report?.text ?? null },
        line: {
          tradeId,
          text: `The stop at ${trade.stopPrice ?? 'no price'} does not rest at the venue: placing it again`,
        },
      };
    },
    follow: () => deps.messenger.fillsBooked(trade),
  };
}

async function cancelOrphan(
  deps: ReconcileDeps,
  { clientOrderId, tradeId, status, tradePhase }: RestingOrder,
): Promise<Correction | null> {
  const context = await loadContext(deps, tradeId);
  const order = (await listOrders(deps.db, tradeId)).find((each) => each.clientOrderId === clientOrderId);
  // Its trade may be live by now.
  if (!order || !isOrphan({ status: order.status, tradePhase: context.trade.phase })) return null;
  await cancelAtVenue(deps, context, [order]);
  return {
    async write(tx) {
      await markCanceled(tx, [order.id], 'It rested at the venue although its trade no longer needs it.');
      return {
        action: 'order.cancel_orphan',
        subject: `order/${order.id}`,
        before: { clientOrderId, status, tradePhase, resting: true },
        after: { status: 'canceled', resting: false },
        line: {
          tradeId,
          text: `Cancelled a ${order.leg.replace('_', ' ')} order that still rested at the venue`,
        },
      };
    },
  };
}
