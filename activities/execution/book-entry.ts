import { tightenOnly } from '#domain/barriers.ts';
import { entryRevision, planProtection, type EntryPlan, type Protection } from '#domain/entry-plan.ts';
import { withPaidEntry, type TradeFees } from '#domain/fees.ts';
import type { DecimalString } from '#domain/money.ts';
import { doesRest, type OrderReport } from '#domain/order.ts';
import { countFills } from '#prisma/repositories/fills.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { liveOrders, newest, type OrderRecord } from '#prisma/repositories/order-record.ts';
import { markCanceled } from '#prisma/repositories/order-reports.ts';
import { recordTradeEvent } from '#prisma/repositories/trade-events.ts';
import { openTrade } from '#prisma/repositories/trade-changes.ts';
import type { VenueFill } from '#venues/venue.ts';
import type { Opened } from '../contract.ts';
import { bookFills } from '../ledger/book-fills.ts';
import { cancelOrders } from './cancel-orders.ts';
import type { ExecutionDeps, TradeContext } from './context.ts';
import { alignTargets, areTargetsFit, fitTargets } from './fit-targets.ts';
import { sendStopAtOnce } from './stop-at-once.ts';
import { ensureStop } from './stops.ts';
import { isNear } from './targets.ts';

/** An entry that filled, in part or whole. */
export interface FilledEntry {
  size: DecimalString;
  price: DecimalString;
  /** The venue filled the whole order, and so placed its protection. */
  isWhole: boolean;
  fills: VenueFill[];
}

/**
 * Books the position of an entry that filled, and makes its stop and targets rest. `children` are the reports of the stop
 * and targets that were sent with it.
 */
export async function bookEntry(
  deps: ExecutionDeps,
  context: TradeContext,
  entered: FilledEntry,
  children: readonly OrderReport[],
): Promise<Opened> {
  const now = deps.now();
  const filledAt = Math.min(entered.fills[0]?.time ?? now, now);
  const { trade, plan, session } = context;
  const protection = levelsAt({ ...plan, fees: feesOf(context, entered) }, entered);
  const hasStop = protection.legs.some(({ leg }) => leg === 'stop');
  const isUnplaced = children.length > 0 && !entered.isWhole;
  // Comes first, because the position stands without a stop.
  if (isUnplaced) await sendStopAtOnce(deps, context, protection);
  const withdrawn = isUnplaced ? await withdrawChildren(deps, context) : [];
  const placed = children.length > 0 && entered.isWhole ? await listOrders(deps.db, trade.id) : [];
  const attached = attachedStop(placed);
  const opened = await openTrade(deps.db, trade.id, {
    entrySize: entered.size,
    entryPrice: entered.price,
    barriers: { policy: plan.barriers, levels: protection.levels },
    stopPrice: attached,
    stopKind: attached === null ? null : 'stop_loss',
    openedAt: filledAt,
    unprotectedSince: attached === null && hasStop ? filledAt : null,
  });
  // A stop that filled at once may have been booked before the trade had an entry.
  await countFills(deps.db, trade.id);
  await deps.failpoint('entry.after_open');
  await recordTradeEvent(deps.db, openedLine(context, entered, attached));
  await bookFills(deps.db, session.venue.name, trade.accountId, entered.fills);
  const resting = { protection, attached, placed };
  const stopPrice = await rest(deps, { ...context, trade: opened }, resting);
  // Comes last, so that the stop waits for no cancel. Orders that a crash leaves are found as orphans.
  await cancelOrders(deps, context, withdrawn, NOT_PLACED);
  const isProtected = stopPrice !== null || !hasStop;
  return { outcome: 'opened', size: entered.size, price: entered.price, stopPrice, protected: isProtected };
}

const openedLine = (
  { trade, plan, session }: TradeContext,
  entered: FilledEntry,
  stop: DecimalString | null,
) => ({
  tradeId: trade.id,
  key: 'opened',
  type: 'opened',
  text: `Entry filled: ${plan.side} ${entered.size} ${plan.instrument.symbol} at ${entered.price} on ${session.venue.name}${stop === null ? '' : `, stop resting at ${stop}`}`,
  data: { size: entered.size, price: entered.price, planned: plan.size, stop },
});

/** The protection that an entry calls for, and what has come of it. */
interface RestingOrders {
  protection: Protection;
  /** Trigger price of the stop that came with the entry; null when none rests. */
  attached: DecimalString | null;
  /** Orders of the trade after an entry that filled whole; none after another. */
  placed: readonly OrderRecord[];
}

/**
 * Moves stop and targets to the levels that the entry's fill gives. Returns the price at which the stop rests, or null.
 */
async function rest(
  deps: ExecutionDeps,
  context: TradeContext,
  { protection, attached, placed }: RestingOrders,
): Promise<DecimalString | null> {
  const wanted = protection.legs.find(({ leg }) => leg === 'stop');
  let stopPrice = attached;
  // A stop that came with the entry stays where the fill would put it further away.
  const price = wanted ? tightenOnly(context.plan.side, attached, wanted.triggerPrice) : null;
  if (wanted && price !== null && !isNear(attached, price)) {
    const stop = { price, size: wanted.size, kind: 'stop_loss' as const };
    const result = await ensureStop(deps, context, stop);
    if (result.ok) stopPrice = result.price;
    else await recordTradeEvent(deps.db, stopRefusedLine(context, result));
  }
  if ((!wanted || stopPrice !== null) && !areTargetsFit(deps, context, placed)) {
    await alignTargets(deps, context);
    await fitTargets(deps, context);
  }
  return stopPrice;
}

const stopRefusedLine = ({ trade }: TradeContext, refused: { code: string; text: string }) => ({
  tradeId: trade.id,
  key: `stop_refused/${refused.code}`,
  type: 'stop_refused',
  text: `The venue refused the stop: ${refused.text}`,
  data: refused,
});

/** Returns what the account pays for the trade: for the entry as its fills say, else as the venue last said. */
const feesOf = ({ trade, session, plan }: TradeContext, { fills, size }: FilledEntry): TradeFees =>
  withPaidEntry(session.venue.accounts.fees(trade.accountId, plan.instrument.symbol), fills, size);

/** Returns the protection measured from the price of the entry's fill. */
function levelsAt(plan: EntryPlan, entered: FilledEntry): Protection {
  const resolved = planProtection(plan, entered.size, entered.price);
  if (resolved.ok) return resolved.value;
  // The fill is past a level that was given as a price: the levels of the plan hold, and the watcher acts on the first
  // price.
  const planned = planProtection(plan, entered.size, plan.referencePrice);
  if (!planned.ok) throw new Error(planned.refusal.text);
  return planned.value;
}

/** Returns the trigger price of the stop among the orders; null when none rests. */
function attachedStop(orders: readonly OrderRecord[]): DecimalString | null {
  const stop = newest(orders, 'stop');
  return stop && doesRest(stop.status) ? stop.triggerPrice : null;
}

const NOT_PLACED = 'The entry filled only in part, so the venue did not place it.';

/**
 * Marks the stop and targets of an entry that filled in part as cancelled, so that others replace them at once: the
 * venue does not place them. Returns them.
 */
async function withdrawChildren(deps: ExecutionDeps, { trade, plan }: TradeContext): Promise<OrderRecord[]> {
  const orders = await listOrders(deps.db, trade.id);
  const children = liveOrders(orders).filter(({ revision }) => revision === entryRevision(plan));
  await markCanceled(
    deps.db,
    children.map((child) => child.id),
    NOT_PLACED,
  );
  return children;
}
