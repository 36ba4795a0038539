import type { ExitReason } from '#domain/barriers.ts';
import type { VenueName } from '#domain/ids.ts';
import type { Instrument } from '#domain/instrument.ts';
import { amount, type DecimalString } from '#domain/money.ts';
import { isOver } from '#domain/order.ts';
import { claimExit } from '#prisma/repositories/exit-claims.ts';
import { hasFillsByHand } from '#prisma/repositories/fills.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { newest } from '#prisma/repositories/order-record.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import type { TradeRef } from '../contract.ts';
import { readClosingSize } from './closing-size.ts';
import { openContext, type ExecutionDeps, type TradeContext } from './context.ts';
import { exitDraft } from './drafts.ts';
import { exitLimit } from './exit-price.ts';
import { recordExit, type ExitSent } from './record-exit.ts';
import { sendClosingOrder } from './send-closing-order.ts';

/** The wish to close a position. A second wish by one name goes on with the exit that the first claimed. */
export interface CloseRequest {
  reason: ExitReason;
  by: string;
  /** Price at which it was decided; null when no price decided it. */
  price: DecimalString | null;
  /** Version of the watch that decided it: nothing is closed once the watch is paused or changed. */
  asOfWatch?: bigint | undefined;
  /** The position as the caller knows it: tried first, since it takes one statement and one request. */
  known?: KnownPosition | null | undefined;
}

/** An open position as it was read a moment ago. */
export interface KnownPosition {
  trade: Pick<TradeRecord, 'id' | 'deploymentId' | 'accountId' | 'side'>;
  venue: VenueName;
  instrument: Instrument;
  size: DecimalString;
}

/** The size of a position may change between reading and claiming it; each change is a fill. */
const CLAIM_ATTEMPTS = 5;

/**
 * Claims the exit of a trade together with its reduce-only closing order, and sends that. Returns null, with nothing
 * done, when another name holds the exit, the trade is not open any more, or its watch has changed. Called again after
 * a crash by the name that claimed it, it finds out about the first order. Throws when nothing could be claimed, or
 * the end of the order is not known.
 */
export async function closePosition(
  deps: ExecutionDeps,
  { tradeId }: TradeRef,
  request: CloseRequest,
): Promise<ExitSent | null> {
  const sent = request.known ? await closeKnown(deps, request.known, request) : null;
  if (sent) return sent;
  for (let attempt = 0; attempt < CLAIM_ATTEMPTS; attempt += 1) {
    const trade = await getTrade(deps.db, tradeId);
    if (trade.phase !== 'open') return resumeExit(deps, trade, request);
    const size = await closeAsRead(deps, await openContext(deps, trade), request);
    if (size !== null) return recordExit(deps, exitOf(tradeId, request, size));
    if (request.asOfWatch !== undefined && attempt > 0) return null;
  }
  throw new Error(`the exit of trade ${tradeId} could not be claimed`);
}

/**
 * Closes a position in one statement and one request, when it is as the caller knows it. Returns null, with nothing
 * done, when it is not. The exit is not recorded yet, so that other closing orders do not wait for that.
 */
export async function closeKnown(
  deps: ExecutionDeps,
  { trade, venue, instrument, size }: KnownPosition,
  { price, ...request }: CloseRequest,
): Promise<ExitSent | null> {
  if (price === null) return null;
  const session = await deps.openSession({ ...trade, venue });
  const close = { size, price, revision: 0 };
  const drafts = [exitDraft(trade, session.venue, { side: trade.side, instrument }, close)];
  const { reason, by, asOfWatch } = request;
  const claim = { tradeId: trade.id, reason, by, size, asOfWatch, isAlone: true };
  const reports = await deps.orderSender.claimAndSend({ session, instrument, drafts }, claim);
  return reports && exitOf(trade.id, { ...request, price }, size);
}

/** Closes a position as it was just read. Returns the size it closes; null when its exit could not be claimed. */
async function closeAsRead(
  deps: ExecutionDeps,
  context: TradeContext,
  { reason, by, price, asOfWatch }: CloseRequest,
): Promise<DecimalString | null> {
  const { trade, plan, session } = context;
  const limit = price === null ? await exitLimit(deps, context) : { price, isWatched: true };
  const isKnown = limit.isWatched && !(await hasFillsByHand(deps.db, trade.id));
  const size = (isKnown ? trade.remainingSize : await readClosingSize(deps, context)) ?? '0';
  const claim = { tradeId: trade.id, reason, by };
  if (amount(size).lte(0)) return (await claimExit(deps.db, claim)) ? '0' : null;
  const drafts = [exitDraft(trade, session.venue, plan, { ...limit, size, revision: 0 })];
  const action = { session, instrument: plan.instrument, drafts };
  // Claimed and sent in one step: no claim is held without its order.
  const reports = await deps.orderSender.claimAndSend(action, { ...claim, size, asOfWatch });
  return reports && size;
}

/**
 * Finds out about the closing order of an exit that is claimed by the name in the request. What an order that is over
 * has left of the position is for `confirmExit`.
 */
async function resumeExit(
  deps: ExecutionDeps,
  trade: TradeRecord,
  request: CloseRequest,
): Promise<ExitSent | null> {
  if (trade.phase !== 'closing' || trade.exitClaimedBy !== request.by) return null;
  const size = trade.remainingSize ?? '0';
  const last = newest(await listOrders(deps.db, trade.id), 'exit');
  const isDue = amount(size).gt(0) && (last === null || !isOver(last.status));
  if (isDue) {
    const close = { size, price: request.price, revision: last?.revision ?? 0 };
    await sendClosingOrder(deps, await openContext(deps, trade), close);
  }
  // What the order has closed is not left any more.
  return recordExit(deps, exitOf(trade.id, request, last?.size ?? size));
}

const exitOf = (
  tradeId: TradeRecord['id'],
  { reason, by, price }: CloseRequest,
  size: DecimalString,
): ExitSent => ({ tradeId, reason, by, price, size, isRecorded: false });
