import { entryRevision, planProtection, type Protection } from '#domain/entry-plan.ts';
import { amount, decimalString, sum, type DecimalString } from '#domain/money.ts';
import { isOver, type OrderReport } from '#domain/order.ts';
import { refusal } from '#domain/reasons.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { newest, type OrderDraft } from '#prisma/repositories/order-record.ts';
import type { EntryOrders } from '#prisma/repositories/trade-plans.ts';
import { getTrade, tradeBegan } from '#prisma/repositories/trades.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import type { VenueFill } from '#venues/venue.ts';
import type { Opened, Refused, TradeRef } from '../contract.ts';
import { refuse } from '../ledger/refuse.ts';
import { bookEntry, type FilledEntry } from './book-entry.ts';
import { openContext, type ExecutionDeps, type TradeContext } from './context.ts';
import { entryDraft, protectionDraft } from './drafts.ts';
import { fitTargets } from './fit-targets.ts';
import { isMarginReady, prepareMargin } from './margin.ts';
import { UnresolvedOrderError } from './order-sending/index.ts';
import { placeMissingStop } from './stop-at-once.ts';
import { isForMargin, resizeEntry } from './resize-entry.ts';
import { residentLegs } from './targets.ts';

/**
 * Sends the entry with its stop and targets in one signed action. Run again after an interruption, it finds out what
 * became of the first attempt and goes on from there.
 */
export const openPosition = async (deps: ExecutionDeps, { tradeId }: TradeRef): Promise<Opened | Refused> =>
  openPlanned(deps, await getTrade(deps.db, tradeId));

/** Entry orders that were just written down. */
export interface WrittenEntry {
  nonce: number;
  /** When brakes were last read, by the clock of `performance.now()`. */
  brakesReadAt: number | null;
}

/** Opens a planned trade as just read. `written` is null when its `entryOrders` may have been written earlier. */
export async function openPlanned(
  deps: ExecutionDeps,
  trade: TradeRecord,
  written: WrittenEntry | null = null,
): Promise<Opened | Refused> {
  if (trade.phase === 'open') return goOn(deps, trade);
  if (trade.phase !== 'opening') return concluded(trade);
  const context = await openContext(deps, trade);
  const planned = planProtection(context.plan, context.plan.size, context.plan.referencePrice);
  if (!planned.ok) return refuse(deps.db, context.trade, planned.refusal);
  const margin = written === null ? await prepareOnce(deps, context) : null;
  if (margin) return refuse(deps.db, context.trade, margin);
  const [entry, ...children] = await sendEntry(deps, context, planned.value, written);
  if (entry && isForMargin(context.plan, entry)) return openSmaller(deps, context, entry);
  const entered = entry && (await confirmEntry(context, entry));
  if (!entered) return refuse(deps.db, context.trade, notFilled(entry));
  const fills = written === null ? await earlierFills(deps, context, entry, entered) : entered.fills;
  return bookEntry(deps, context, { ...entered, fills }, children);
}

/** Opens a trade whose entry was refused for want of margin, once smaller; ends it where nothing smaller can be ordered. */
async function openSmaller(
  deps: ExecutionDeps,
  context: TradeContext,
  refused: OrderReport,
): Promise<Opened | Refused> {
  const smaller = await resizeEntry(deps, context, refused);
  if (smaller === null) return refuse(deps.db, context.trade, notFilled(refused));
  const isStuck = smaller.phase === 'opening' && smaller.plan?.resizedFrom === undefined;
  if (isStuck)
    throw new UnresolvedOrderError(`another attempt at the entry of trade ${smaller.id} is under way`);
  return openPlanned(deps, smaller);
}

/** Places the stop and targets of an opened trade that an earlier attempt has left out. */
async function goOn(deps: ExecutionDeps, trade: TradeRecord): Promise<Opened | Refused> {
  const isProtected = trade.stopPrice !== null || (await placeMissingStop(deps, trade));
  if (isProtected) await fitTargets(deps, await openContext(deps, trade));
  return concluded(await getTrade(deps.db, trade.id));
}

/**
 * Returns the entry orders of a trade and the key that signs them; null when the account must be prepared before, or
 * the exits do not fit.
 */
export async function entryOrders(deps: ExecutionDeps, trade: TradeRecord): Promise<EntryOrders | null> {
  const context = await openContext(deps, trade);
  const planned = planProtection(context.plan, context.plan.size, context.plan.referencePrice);
  if (!planned.ok || !(await isMarginReady(context))) return null;
  return { draw: await context.session.nonceDraw(), orders: entryDrafts(context, planned.value) };
}

/**
 * Prepares the account, unless the entry is written down already: an entry that may have left is not refused. Returns
 * why the venue refused, or null.
 */
async function prepareOnce(
  deps: ExecutionDeps,
  context: TradeContext,
): Promise<Pick<Refused, 'code' | 'text'> | null> {
  const isWritten = newest(await listOrders(deps.db, context.trade.id), 'entry') !== null;
  return isWritten ? null : prepareMargin(context);
}

/** Returns the result of an earlier run from the trade's record. */
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
  written: WrittenEntry | null,
): Promise<OrderReport[]> {
  const { plan, session } = context;
  const grouping = session.venue.capabilities.attachProtection ? 'attached' : 'single';
  return deps.orderSender.send({
    session,
    instrument: plan.instrument,
    drafts: entryDrafts(context, protection),
    grouping,
    entryTerms: {
      leverage: plan.leverage,
      until: plan.expiresAt,
      brakesReadAt: written?.brakesReadAt ?? null,
    },
    nonce: written?.nonce ?? null,
  });
}

/** Returns the entry order, followed by the stop and targets where the venue takes them with it. */
function entryDrafts({ trade, plan, session }: TradeContext, protection: Protection): OrderDraft[] {
  const entry = entryDraft(trade, session.venue, plan);
  const { capabilities } = session.venue;
  if (!capabilities.attachProtection) return [entry];
  const resident = residentLegs(capabilities, protection);
  return [
    entry,
    ...resident.map((leg) => protectionDraft(trade, session.venue, plan, leg, entryRevision(plan))),
  ];
}

/**
 * Returns size and average price of the entry by the venue's word; null when nothing was filled. Throws while these are
 * not known.
 */
async function confirmEntry(
  { trade, session }: TradeContext,
  entry: OrderReport,
): Promise<FilledEntry | null> {
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

/** Returns the average price of fills that add up to `size`; null when some are not listed yet. */
function averageOf(fills: readonly VenueFill[], size: DecimalString): DecimalString | null {
  if (!sum(fills.map((fill) => fill.size)).eq(size)) return null;
  return decimalString(sum(fills.map((fill) => amount(fill.size).mul(fill.price))).div(size));
}

/** Returns the entry price of the venue's position when that is just the entry; null otherwise. */
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

/** How long after the beginning of its trade an entry may have filled long before it is booked. */
const LATE_MS = 10_000;

/**
 * Returns the fills of an entry that was sent some time ago, which tell when it filled; none when they are not listed.
 */
async function earlierFills(
  deps: ExecutionDeps,
  { trade, session }: TradeContext,
  entry: OrderReport,
  { fills }: FilledEntry,
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
