import { setTimeout as delay } from 'node:timers/promises';
import type { ExitReason } from '#domain/barriers.ts';
import { direction, type VenueName } from '#domain/ids.ts';
import { roundSizeDown, type Instrument } from '#domain/instrument.ts';
import { amount, decimalString, sum, type DecimalString } from '#domain/money.ts';
import { isOver } from '#domain/order.ts';
import { isExitFill, listFills, type FillRecord } from '#prisma/repositories/fills.ts';
import { listOrders, newest } from '#prisma/repositories/orders.ts';
import { savePosition } from '#prisma/repositories/positions.ts';
import { tell } from '#prisma/repositories/trade-events.ts';
import { claimExit, flattenTrade, getTrade, type TradeRecord } from '#prisma/repositories/trades.ts';
import { saveWatchStatus } from '#prisma/repositories/watches.ts';
import type { VenuePosition } from '#venues/venue.ts';
import { bookFillsOf } from '../books/book-fills.ts';
import type { TradeRef } from '../contract.ts';
import { loadContext, openContext, type ExecutionDeps, type TradeContext } from './context.ts';
import { exitDraft } from './drafts.ts';
import { cancelLeftovers } from './targets.ts';
import { alarmIfLong } from './unprotected.ts';

/** Why a position is to be closed, and who says so. The same name asking twice is the same claim. */
export interface ExitOrder {
  reason: ExitReason;
  by: string;
  /** The price it was decided at; asked of the venue when null. */
  price: DecimalString | null;
}

/**
 * Claims the exit of a trade and sends its reduce-only closing order. Answers false, having done nothing, when
 * somebody else holds the exit or the trade is no longer open. Asked again after a crash by the same name, it
 * finds out about the order of the first time before it sends another.
 */
export async function startExit(
  deps: ExecutionDeps,
  { tradeId }: TradeRef,
  exit: ExitOrder,
): Promise<boolean> {
  const claim = await claimExit(deps.db, tradeId, exit);
  if (!claim) return false;
  deps.failpoint('exit.after_claim');
  const context = await openContext(deps, claim.trade);
  const size = context.trade.remainingSize ?? '0';
  const revision = claim.isFirst ? 0 : await nextRevision(deps, tradeId);
  if (amount(size).gt(0)) await sendExit(deps, context, { size, price: exit.price, revision });
  await noteExit(deps, tradeId, exit, size);
  return true;
}

/** An open position as the books had it a moment ago. */
export interface KnownPosition {
  trade: Pick<TradeRecord, 'id' | 'deploymentId' | 'accountId' | 'side'>;
  venue: VenueName;
  instrument: Instrument;
  size: DecimalString;
}

/**
 * The same for a position known to the caller, in one statement and one request. Answers false, having done nothing,
 * when it is not as known, and otherwise what `startExit` would: to be asked then. What the books say of it beside
 * the order is left to `noteExit`, so that other closing orders need not wait for it.
 */
export async function startKnownExit(
  deps: ExecutionDeps,
  { trade, venue, instrument, size }: KnownPosition,
  exit: ExitOrder & { price: DecimalString },
): Promise<boolean> {
  const desk = await deps.openDeskAccount({ ...trade, venue });
  const close = { size, price: exit.price, revision: 0 };
  const draft = exitDraft(trade, desk.venue, { side: trade.side, instrument }, close);
  const claim = { tradeId: trade.id, reason: exit.reason, by: exit.by, size };
  return (await deps.orderDesk.sendExit(desk, instrument, draft, claim)) !== null;
}

/** Tells the trade's story that its exit has begun, and ends its watch. */
export async function noteExit(
  deps: ExecutionDeps,
  tradeId: TradeRecord['id'],
  { reason, by, price }: ExitOrder,
  size: DecimalString,
): Promise<void> {
  await Promise.all([
    tell(deps.db, {
      tradeId,
      key: 'exit_started',
      type: 'exit_started',
      text: `Closing ${size}: ${reason}, by ${by}${price === null ? '' : ` at ${price}`}`,
      data: { reason, by, price, size },
    }),
    saveWatchStatus(deps.db, tradeId, 'fired', { reason, price }),
  ]);
}

/** The newest closing order again if its end is unknown, or the next one if it is over. */
async function nextRevision(deps: ExecutionDeps, tradeId: TradeRecord['id']): Promise<number> {
  const last = newest(await listOrders(deps.db, tradeId), 'exit');
  return last === null ? 0 : last.revision + (isOver(last.status) ? 1 : 0);
}

async function sendExit(
  deps: ExecutionDeps,
  context: TradeContext,
  close: { size: DecimalString; price: DecimalString | null; revision: number },
): Promise<void> {
  const { trade, plan, desk } = context;
  const price = close.price ?? (await currentPrice(context));
  const draft = exitDraft(trade, desk.venue, plan, { ...close, price });
  await deps.orderDesk.send(desk, plan.instrument, [draft], 'single');
}

async function currentPrice({ desk, plan }: TradeContext): Promise<DecimalString> {
  const ticks = await desk.venue.market.prices();
  const tick = ticks.find(({ symbol }) => symbol === plan.instrument.symbol);
  if (!tick) throw new Error(`${desk.venue.name} gives no price for ${plan.instrument.symbol}`);
  return tick.price;
}

/** How long one call waits for the venue to say flat before it lets the workflow's retry take over. */
const CONFIRM_DEADLINE_MS = 20_000;
/** Looks at the venue cost request budget: the first ones are quick, later ones further and further apart. */
const FIRST_PAUSE_MS = 50;
const LONGEST_PAUSE_MS = 2_000;
/** Sightings of a flat position whose fills do not show up before the position is believed without them. */
const PATIENCE_FOR_FILLS = 8;

/**
 * Waits until the venue says flat and every fill is booked; closes what remains, cancels leftover orders.
 * Answers why the position ended, in the words of the fill that ended it.
 */
export async function confirmExit(
  deps: ExecutionDeps,
  { tradeId }: TradeRef,
): Promise<{ reason: ExitReason }> {
  const trade = await getTrade(deps.db, tradeId);
  if (trade.phase === 'settling' || trade.phase === 'closed')
    return { reason: trade.exitReason ?? 'closed_at_venue' };
  const context = await loadContext(deps, tradeId);
  await waitUntilFlat(deps, context);
  deps.failpoint('exit.flat');
  await cancelLeftovers(deps, context, 'The position is closed.');
  const reason = await reasonOfEnd(deps, tradeId);
  await alarmIfLong(deps, tradeId, await flattenTrade(deps.db, tradeId, reason, deps.now()));
  await saveWatchStatus(deps.db, tradeId, 'disarmed');
  return { reason };
}

async function waitUntilFlat(deps: ExecutionDeps, context: TradeContext): Promise<void> {
  const until = deps.now() + CONFIRM_DEADLINE_MS;
  let unfilledSightings = 0;
  for (let pause = FIRST_PAUSE_MS; deps.now() < until; pause = Math.min(pause * 2, LONGEST_PAUSE_MS)) {
    const { position, trade } = await syncWithVenue(deps, context);
    const isFlat = isDust(context, position);
    if (isFlat && (await doBooksExplain(deps, trade, position))) return;
    if (isFlat && (unfilledSightings += 1) > PATIENCE_FOR_FILLS) return;
    if (!isFlat) await closeRest(deps, { ...context, trade }, position);
    await delay(pause);
  }
  throw new Error(`trade ${context.trade.id}: the venue does not report the position closed yet`);
}

/** Nothing, or less than one lot: nothing that an order could close. */
const isDust = ({ plan }: TradeContext, position: VenuePosition | null): boolean =>
  position === null || roundSizeDown(plan.instrument, amount(position.size).abs()).isZero();

/** What remains after a close that filled in part, or that nobody has sent: close it under the next client id. */
async function closeRest(
  deps: ExecutionDeps,
  context: TradeContext,
  position: VenuePosition | null,
): Promise<void> {
  const size = amount(position?.size ?? '0');
  const isOurs = size.mul(direction(context.plan.side)).gt(0);
  if (!isOurs)
    throw new Error(`trade ${context.trade.id}: the venue holds ${size.toFixed()}, the other way round`);
  const revision = await nextRevision(deps, context.trade.id);
  await sendExit(deps, context, { size: decimalString(size.abs()), price: null, revision });
}

/**
 * Writes down the position as the venue reports it. Fills are asked for, at ten times the cost, only where the
 * books do not explain that position: most come by the stream.
 */
export async function syncWithVenue(
  deps: ExecutionDeps,
  { trade: { id, openedAt }, plan, desk }: TradeContext,
): Promise<{ position: VenuePosition | null; trade: TradeRecord }> {
  const { accounts, name } = desk.venue;
  const { accountId } = desk.account;
  const { symbol } = plan.instrument;
  // The position first: fills asked for afterwards then explain everything that it shows.
  const { positions } = await accounts.account(accountId);
  const position = positions.find((each) => each.symbol === symbol) ?? null;
  let trade = await getTrade(deps.db, id);
  if (!(await doBooksExplain(deps, trade, position))) {
    const since = (openedAt ?? deps.now()) - FILLS_MARGIN_MS;
    await bookFillsOf(deps.db, trade, name, await accounts.fillsSince(accountId, since));
    trade = await getTrade(deps.db, id);
  }
  await savePosition(deps.db, {
    venue: name,
    accountId,
    symbol,
    tradeId: position ? id : null,
    size: position?.size ?? '0',
    entryPrice: position?.entryPrice ?? null,
    liquidationPrice: position?.liquidationPrice ?? null,
    confirmedAt: deps.now(),
  });
  return { position, trade };
}

/** Whether the booked fills are the whole entry, and leave just what the venue says is open. */
async function doBooksExplain(
  deps: ExecutionDeps,
  trade: TradeRecord,
  position: VenuePosition | null,
): Promise<boolean> {
  if (!amount(trade.remainingSize ?? '0').eq(amount(position?.size ?? '0').abs())) return false;
  const fills = await listFills(deps.db, trade.id);
  const entered = sum(fills.filter((fill) => !isExitFill(trade.side, fill)).map(({ size }) => size));
  return entered.eq(trade.entrySize ?? '0');
}

/** The venue's clock and ours may differ: fills are asked for from a minute before the entry on. */
const FILLS_MARGIN_MS = 60_000;

/** Why the position ended: what the last closing fill was for. */
export async function reasonOfEnd(deps: ExecutionDeps, tradeId: TradeRecord['id']): Promise<ExitReason> {
  const trade = await getTrade(deps.db, tradeId);
  const fills = await listFills(deps.db, tradeId);
  const last = fills.findLast((fill) => isExitFill(trade.side, fill));
  return last ? reasonOfFill(trade, last) : (trade.exitReason ?? 'closed_at_venue');
}

function reasonOfFill(trade: TradeRecord, fill: FillRecord): ExitReason {
  if (fill.liquidation) return 'liquidation';
  if (fill.leg === 'stop') return trade.stopKind ?? 'stop_loss';
  if (fill.leg === 'take_profit') return 'take_profit';
  return fill.leg === 'exit' ? (trade.exitReason ?? 'force_close') : 'closed_at_venue';
}
