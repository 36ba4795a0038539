import { setTimeout as delay } from 'node:timers/promises';
import type { ExitReason } from '#domain/barriers.ts';
import { CLOCK_SKEW_MS } from '#domain/clock.ts';
import type { VenueName } from '#domain/ids.ts';
import type { Instrument } from '#domain/instrument.ts';
import { amount, type DecimalString } from '#domain/money.ts';
import { isOver, type OrderReport } from '#domain/order.ts';
import { hasFillsByHand } from '#prisma/repositories/fills.ts';
import { listOrders, newest } from '#prisma/repositories/orders.ts';
import { recordTradeEvent } from '#prisma/repositories/trade-events.ts';
import { claimExit, getTrade, tradeBegan, type TradeRecord } from '#prisma/repositories/trades.ts';
import { saveWatchStatus } from '#prisma/repositories/watches.ts';
import { tellOfClose } from '../ledger/audited.ts';
import { bookFillsOf } from '../ledger/book-fills.ts';
import type { TradeRef } from '../contract.ts';
import { withTimeout } from '#process/with-timeout.ts';
import { openContext, type ExecutionDeps, type TradeContext } from './context.ts';
import { exitDraft } from './drafts.ts';
import { exitLimit } from './exit-price.ts';
import { syncWithVenue } from './sync-position.ts';

/** Why a position is to be closed, and who says so. The same name asking twice is the same claim. */
export interface ExitOrder {
  reason: ExitReason;
  by: string;
  /** The price it was decided at; null when it was decided by no price. */
  price: DecimalString | null;
  /** The version of the watch that it was decided by: once that is paused or changed, the exit is not begun. */
  asOfWatch?: bigint;
}

/** The size of a position may change between reading and claiming it; each change is a fill. */
const CLAIM_ATTEMPTS = 5;

/**
 * Claims the exit of a trade together with its reduce-only closing order, and sends that. Returns false, having done
 * nothing, when somebody else holds the exit, the trade is not open any more, or its watch has changed. Asked again
 * after a crash by the same name, it finds out about the order of the first time. Throws when nothing could be begun.
 */
export async function startExit(
  deps: ExecutionDeps,
  { tradeId }: TradeRef,
  exit: ExitOrder,
): Promise<boolean> {
  for (let attempt = 0; attempt < CLAIM_ATTEMPTS; attempt += 1) {
    const trade = await getTrade(deps.db, tradeId);
    if (trade.phase !== 'open') return goOn(deps, trade, exit);
    const context = await openContext(deps, trade);
    if (await begin(deps, context, exit)) {
      await noteExit(deps, tradeId, exit, trade.remainingSize ?? '0');
      return true;
    }
    if (exit.asOfWatch !== undefined && attempt > 0) return false;
  }
  throw new Error(`the exit of trade ${tradeId} could not be claimed`);
}

/** Claims and sends in one step, so that no claim is held without its order. */
async function begin(deps: ExecutionDeps, context: TradeContext, exit: ExitOrder): Promise<boolean> {
  const { trade, plan, desk } = context;
  const limit = exit.price === null ? await exitLimit(deps, context) : { price: exit.price, isWatched: true };
  const isKnown = limit.isWatched && !(await hasFillsByHand(deps.db, trade.id));
  const size = (isKnown ? trade.remainingSize : await sizeAfterGap(deps, context)) ?? '0';
  if (amount(size).lte(0)) return claimExit(deps.db, trade.id, exit);
  const drafts = [exitDraft(trade, desk.venue, plan, { ...limit, size, revision: 0 })];
  const action = { desk, instrument: plan.instrument, drafts };
  return (await deps.orderDesk.claimAndSend(action, { ...exit, tradeId: trade.id, size })) !== null;
}

/** A close waits no longer than this for fills that nobody has told of. */
const GAP_WAITS_MS = 3_000;
const LOOK_AGAIN_MS = 200;

/**
 * Returns what is left of a position that nobody has watched lately, or that another hand has a part of: what has been
 * closed already is not to be closed again, from what the owner holds. Without an answer of the venue it is what the
 * books have.
 */
async function sizeAfterGap(deps: ExecutionDeps, context: TradeContext): Promise<DecimalString | null> {
  const { trade } = context;
  try {
    await withTimeout(bookGap(deps, context, deps.now() + GAP_WAITS_MS), GAP_WAITS_MS);
  } catch (err) {
    deps.logger.warn({ tradeId: trade.id, err }, 'closing without the fills of a gap');
  }
  return (await getTrade(deps.db, trade.id)).remainingSize;
}

/** Books the fills of a gap; where another hand has a part, until they account for what the venue holds. */
async function bookGap(deps: ExecutionDeps, context: TradeContext, until: number): Promise<void> {
  const { trade, desk } = context;
  const { venue } = desk;
  if (venue.capabilities.separatePositions || !(await hasFillsByHand(deps.db, trade.id))) {
    const since = (await tradeBegan(deps.db, trade.id)) - CLOCK_SKEW_MS;
    await bookFillsOf(deps.db, trade, venue.name, await venue.accounts.fillsSince(trade.accountId, since));
    return;
  }
  while (deps.now() < until && !(await syncWithVenue(deps, context)).isAccountedFor)
    await delay(LOOK_AGAIN_MS);
}

/** Finds out about the closing order of an exit that is held; what an order that is over left is not sent here. */
async function goOn(deps: ExecutionDeps, trade: TradeRecord, exit: ExitOrder): Promise<boolean> {
  if (trade.phase !== 'closing' || trade.exitClaimedBy !== exit.by) return false;
  const size = trade.remainingSize ?? '0';
  const last = newest(await listOrders(deps.db, trade.id), 'exit');
  const isDue = amount(size).gt(0) && (last === null || !isOver(last.status));
  if (isDue) {
    const close = { size, price: exit.price, revision: last?.revision ?? 0 };
    await sendExit(deps, await openContext(deps, trade), close);
  }
  await noteExit(deps, trade.id, exit, size);
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
  const claim = { ...exit, tradeId: trade.id, size, isAlone: true };
  return (await deps.orderDesk.claimAndSend({ desk, instrument, drafts: [draft] }, claim)) !== null;
}

/** Tells the trade's story that its exit has begun, and ends its watch. */
export async function noteExit(
  deps: ExecutionDeps,
  tradeId: TradeRecord['id'],
  { reason, by, price }: ExitOrder,
  size: DecimalString,
): Promise<void> {
  const line = {
    tradeId,
    key: 'exit_started',
    type: 'exit_started',
    text: `Closing ${size}: ${reason}, by ${by}${price === null ? '' : ` at ${price}`}`,
    data: { reason, by, price, size },
  };
  await Promise.all([
    reason === 'force_close' ? tellOfClose(deps.db, line, by) : recordTradeEvent(deps.db, line),
    saveWatchStatus(deps.db, tradeId, 'fired', { reason, price }),
  ]);
}

/** Sends a closing order. Returns the venue's word on it. */
export async function sendExit(
  deps: ExecutionDeps,
  context: TradeContext,
  { size, price, revision }: { size: DecimalString; price: DecimalString | null; revision: number },
): Promise<OrderReport | null> {
  const { trade, plan, desk } = context;
  const limit = price === null ? await exitLimit(deps, context) : { price };
  const drafts = [exitDraft(trade, desk.venue, plan, { ...limit, size, revision })];
  const [report] = await deps.orderDesk.send({ desk, instrument: plan.instrument, drafts });
  return report ?? null;
}
