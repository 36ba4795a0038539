import { tightenOnly } from '#domain/barriers.ts';
import { planProtection, type EntryPlan, type Protection } from '#domain/entry-plan.ts';
import { amount, decimalString, sum, type DecimalString } from '#domain/money.ts';
import { doesRest, isOver, type OrderReport } from '#domain/order.ts';
import { refusal } from '#domain/reasons.ts';
import { countFills } from '#prisma/repositories/fills.ts';
import {
  listOrders,
  liveOrders,
  markCanceled,
  newest,
  type OrderDraft,
  type OrderRecord,
} from '#prisma/repositories/orders.ts';
import { recordTradeEvent } from '#prisma/repositories/trade-events.ts';
import type { EntryOrders } from '#prisma/repositories/trade-plans.ts';
import { getTrade, openTrade, tradeBegan, type TradeRecord } from '#prisma/repositories/trades.ts';
import type { VenueFill } from '#venues/venue.ts';
import { bookFills } from '../ledger/book-fills.ts';
import { refuse } from '../ledger/refuse.ts';
import type { Opened, Refused, TradeRef } from '../contract.ts';
import { openContext, type ExecutionDeps, type TradeContext } from './context.ts';
import { cancelOrders } from './cancel-orders.ts';
import { entryDraft, protectionDraft } from './drafts.ts';
import { alignTargets, fitTargets } from './fit-targets.ts';
import { isMarginReady, prepareMargin } from './margin.ts';
import { placeMissingStop, sendStopAtOnce } from './stop-at-once.ts';
import { ensureStop } from './stops.ts';
import { isNear, residentLegs } from './targets.ts';

/**
 * Sends the entry with its stop and targets in one signed action. Run again after an interruption, it finds
 * out what became of the first attempt and goes on from there.
 */
export const openPosition = async (deps: ExecutionDeps, { tradeId }: TradeRef): Promise<Opened | Refused> =>
  openPlanned(deps, await getTrade(deps.db, tradeId));

/** Returns the same for a trade as just read; with the nonce under which its `entryOrders` have just been written down. */
export async function openPlanned(
  deps: ExecutionDeps,
  trade: TradeRecord,
  written: number | null = null,
): Promise<Opened | Refused> {
  if (trade.phase === 'open') return goOn(deps, trade);
  if (trade.phase !== 'opening') return concluded(trade);
  const context = await openContext(deps, trade);
  const planned = planProtection(context.plan, context.plan.size, context.plan.referencePrice);
  if (!planned.ok) return refuse(deps.db, context.trade, planned.refusal);
  const margin = written === null ? await prepareOnce(deps, context) : null;
  if (margin) return refuse(deps.db, context.trade, margin);
  const [entry, ...children] = await sendEntry(deps, context, planned.value, written);
  const entered = entry && (await confirmEntry(context, entry));
  if (!entered) return refuse(deps.db, context.trade, notFilled(entry));
  const fills = written === null ? await earlierFills(deps, context, entry, entered) : entered.fills;
  return bookEntry(deps, context, { ...entered, fills }, children);
}

/** Places the stop and targets of an opened trade that an earlier attempt died over. */
async function goOn(deps: ExecutionDeps, trade: TradeRecord): Promise<Opened | Refused> {
  const isProtected = trade.stopPrice !== null || (await placeMissingStop(deps, trade));
  if (isProtected) await fitTargets(deps, await openContext(deps, trade));
  return concluded(await getTrade(deps.db, trade.id));
}

/** Returns the orders that enter a trade of this plan, and who signs them. Null where more than sending them is to be done. */
export async function entryOrders(deps: ExecutionDeps, trade: TradeRecord): Promise<EntryOrders | null> {
  const context = await openContext(deps, trade);
  const planned = planProtection(context.plan, context.plan.size, context.plan.referencePrice);
  if (!planned.ok || !(await isMarginReady(context))) return null;
  return { draw: await context.session.nonceDraw(), orders: entryDrafts(context, planned.value) };
}

/** Prepares the account for an entry that has not been written down: one that may have left is not to be refused. */
async function prepareOnce(
  deps: ExecutionDeps,
  context: TradeContext,
): Promise<Pick<Refused, 'code' | 'text'> | null> {
  const isWritten = newest(await listOrders(deps.db, context.trade.id), 'entry') !== null;
  return isWritten ? null : prepareMargin(context);
}

/** What an earlier run of this activity came to. */
function concluded(trade: TradeRecord): Opened | Refused {
  if (trade.phase === 'skipped' && trade.refusal)
    return { outcome: 'refused', tradeId: trade.id, ...trade.refusal };
  if (trade.entrySize === null || trade.entryPrice === null) {
    throw new Error(`trade ${trade.id} is ${trade.phase} without an entry`);
  }
  return {
    outcome: 'opened',
    size: trade.entrySize,
    price: trade.entryPrice,
    stopPrice: trade.stopPrice,
    protected: trade.stopPrice !== null,
  };
}

function sendEntry(
  deps: ExecutionDeps,
  context: TradeContext,
  protection: Protection,
  written: number | null,
): Promise<OrderReport[]> {
  const { plan, session } = context;
  const grouping = session.venue.capabilities.attachProtection ? 'attached' : 'single';
  return deps.orderSender.send({
    session,
    instrument: plan.instrument,
    drafts: entryDrafts(context, protection),
    grouping,
    entryTerms: { leverage: plan.leverage, until: plan.expiresAt },
    nonce: written,
  });
}

/** Returns the entry, with the protection that a venue takes along with it. */
function entryDrafts({ trade, plan, session }: TradeContext, protection: Protection): OrderDraft[] {
  const entry = entryDraft(trade, session.venue, plan);
  const { capabilities } = session.venue;
  if (!capabilities.attachProtection) return [entry];
  const resident = residentLegs(capabilities, protection);
  return [entry, ...resident.map((leg) => protectionDraft(trade, session.venue, plan, leg, 0))];
}

interface Entered {
  size: DecimalString;
  price: DecimalString;
  /** The venue filled the whole order, and so placed its protection. */
  isWhole: boolean;
  fills: VenueFill[];
}

/** Size and average price of the entry in the venue's words; null when nothing was filled. */
async function confirmEntry({ trade, session }: TradeContext, entry: OrderReport): Promise<Entered | null> {
  if (!isOver(entry.status)) throw new Error(`the entry of trade ${trade.id} is still ${entry.status}`);
  if (amount(entry.filledSize).isZero()) {
    if (entry.status === 'filled') throw new Error(`the entry of trade ${trade.id} filled, of unknown size`);
    return null;
  }
  const isWhole = entry.status === 'filled';
  if (entry.averagePrice !== null)
    return { size: entry.filledSize, price: entry.averagePrice, isWhole, fills: [] };
  const fills = await entryFills(trade, session, entry);
  const size = entry.filledSize;
  const price = averageOf(fills, size) ?? (await heldAt(trade, session, size));
  if (price === null) throw new Error(`the fills of the entry of trade ${trade.id} are not reported yet`);
  return { size, price, isWhole, fills };
}

/** Returns the average price of fills that add up to `size`; null when they do not: some are not listed yet. */
function averageOf(fills: readonly VenueFill[], size: DecimalString): DecimalString | null {
  if (!sum(fills.map((fill) => fill.size)).eq(size)) return null;
  return decimalString(sum(fills.map((fill) => amount(fill.size).mul(fill.price))).div(size));
}

/** Returns the entry price of the venue's own position where that is the entry and nothing else; null otherwise. */
async function heldAt(
  { accountId, symbol }: TradeRecord,
  { venue }: TradeContext['session'],
  size: DecimalString,
): Promise<DecimalString | null> {
  const { positions } = await venue.accounts.account(accountId);
  const held = positions.find((each) => each.symbol === symbol);
  return held && amount(held.size).abs().eq(size) ? held.entryPrice : null;
}

async function entryFills(
  trade: TradeRecord,
  session: TradeContext['session'],
  entry: OrderReport,
): Promise<VenueFill[]> {
  const since = Date.now() - 24 * 60 * 60_000;
  const fills = await session.venue.accounts.fillsSince(trade.accountId, since);
  return fills.filter(
    ({ clientOrderId, venueOrderId }) =>
      clientOrderId === entry.clientOrderId ||
      (clientOrderId === null && venueOrderId === entry.venueOrderId),
  );
}

/** An entry that ends later than this after its trade began may have filled long before. */
const LATE_MS = 10_000;

/** Returns the fills of an entry that was sent some time ago, which say when it filled; none where they are not listed. */
async function earlierFills(
  deps: ExecutionDeps,
  { trade, session }: TradeContext,
  entry: OrderReport,
  { fills }: Entered,
): Promise<VenueFill[]> {
  if (fills.length > 0 || deps.now() - (await tradeBegan(deps.db, trade.id)) < LATE_MS) return fills;
  try {
    return await entryFills(trade, session, entry);
  } catch (err) {
    deps.logger.warn({ tradeId: trade.id, err }, 'an entry is booked without the time of its fill');
    return fills;
  }
}

function notFilled(entry: OrderReport | undefined): { code: string; text: string } {
  if (!entry || entry.status !== 'rejected') return refusal('entry_not_filled');
  if (entry.code === 'ioc_no_match') return refusal('entry_not_filled', entry.text ?? undefined);
  return { code: entry.code ?? 'venue_rejected', text: entry.text ?? 'The venue gave no reason.' };
}

/** Books the position, then makes sure that its stop and targets rest. */
async function bookEntry(
  deps: ExecutionDeps,
  context: TradeContext,
  entered: Entered,
  children: readonly OrderReport[],
): Promise<Opened> {
  const now = deps.now();
  const filledAt = Math.min(entered.fills[0]?.time ?? now, now);
  const { trade, plan, session } = context;
  const protection = levelsAt(plan, entered);
  const hasStop = protection.legs.some(({ leg }) => leg === 'stop');
  const isUnplaced = children.length > 0 && !entered.isWhole;
  // First of all: the position stands without a stop.
  if (isUnplaced) await sendStopAtOnce(deps, context, protection);
  const withdrawn = isUnplaced ? await withdrawChildren(deps, trade) : [];
  const attached = children.length > 0 && entered.isWhole ? await attachedStop(deps, trade) : null;
  const opened = await openTrade(deps.db, trade.id, {
    entrySize: entered.size,
    entryPrice: entered.price,
    barriers: { policy: plan.barriers, levels: protection.levels },
    stopPrice: attached,
    stopKind: attached === null ? null : 'stop_loss',
    openedAt: filledAt,
    unprotectedSince: attached === null && hasStop ? filledAt : null,
  });
  // A quick stop may have filled, and been booked, before there was an entry to count it against.
  await countFills(deps.db, trade.id);
  await deps.failpoint('entry.after_open');
  await recordTradeEvent(deps.db, openedLine(context, entered, attached));
  await bookFills(deps.db, session.venue.name, trade.accountId, entered.fills);
  const stopPrice = await rest(deps, { ...context, trade: opened }, protection, attached);
  // Only now: the position waits for no cancel with its stop. What a crash leaves of them is found as an orphan.
  await cancelOrders(deps, context, withdrawn, NOT_PLACED);
  const isProtected = stopPrice !== null || !hasStop;
  return { outcome: 'opened', size: entered.size, price: entered.price, stopPrice, protected: isProtected };
}

const openedLine = (
  { trade, plan, session }: TradeContext,
  entered: Entered,
  stop: DecimalString | null,
) => ({
  tradeId: trade.id,
  key: 'opened',
  type: 'opened',
  text: `Entry filled: ${plan.side} ${entered.size} ${plan.instrument.symbol} at ${entered.price} on ${session.venue.name}${stop === null ? '' : `, stop resting at ${stop}`}`,
  data: { size: entered.size, price: entered.price, planned: plan.size, stop },
});

/** Brings stop and targets to where the entry fill puts them; answers where the stop rests. */
async function rest(
  deps: ExecutionDeps,
  context: TradeContext,
  protection: Protection,
  attached: DecimalString | null,
): Promise<DecimalString | null> {
  const wanted = protection.legs.find(({ leg }) => leg === 'stop');
  let stopPrice = attached;
  // The fill may put the stop further away than the one that came with the entry: that one then stays.
  const price = wanted ? tightenOnly(context.plan.side, attached, wanted.triggerPrice) : null;
  if (wanted && price !== null && !isNear(attached, price)) {
    const stop = { price, size: wanted.size, kind: 'stop_loss' as const };
    const result = await ensureStop(deps, context, stop);
    if (result.ok) stopPrice = result.price;
    else await recordTradeEvent(deps.db, stopRefusedLine(context, result));
  }
  if (!wanted || stopPrice !== null) {
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

/** Exits measured from the price the entry really filled at. */
function levelsAt(plan: EntryPlan, entered: Entered): Protection {
  const resolved = planProtection(plan, entered.size, entered.price);
  if (resolved.ok) return resolved.value;
  // The fill ran past a level given as a price: keep those of the plan, the watcher acts on the first tick.
  const planned = planProtection(plan, entered.size, plan.referencePrice);
  if (!planned.ok) throw new Error(planned.refusal.text);
  return planned.value;
}

/** Returns the trigger price of the stop that came with an entry that filled whole; null when none rests. */
async function attachedStop(deps: ExecutionDeps, { id }: TradeRecord): Promise<DecimalString | null> {
  const stop = newest(await listOrders(deps.db, id), 'stop');
  return stop && doesRest(stop.status) ? stop.triggerPrice : null;
}

const NOT_PLACED = 'The entry filled only in part, so the venue did not place it.';

/**
 * Takes the stop and targets of an entry that filled in part out of the books, so that others take their place at once:
 * the venue does not place the children of such an entry. Returns them.
 */
async function withdrawChildren(deps: ExecutionDeps, { id }: TradeRecord): Promise<OrderRecord[]> {
  const children = liveOrders(await listOrders(deps.db, id)).filter(({ revision }) => revision === 0);
  await markCanceled(
    deps.db,
    children.map((child) => child.id),
    NOT_PLACED,
  );
  return children;
}
