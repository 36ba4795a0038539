import type { ExitReason } from '#domain/barriers.ts';
import type { VenueName } from '#domain/ids.ts';
import type { Instrument } from '#domain/instrument.ts';
import { amount, type DecimalString } from '#domain/money.ts';
import { isOver } from '#domain/order.ts';
import { listOrders, newest } from '#prisma/repositories/orders.ts';
import { tell } from '#prisma/repositories/trade-events.ts';
import { claimExit, type TradeRecord } from '#prisma/repositories/trades.ts';
import { saveWatchStatus } from '#prisma/repositories/watches.ts';
import type { TradeRef } from '../contract.ts';
import { openContext, type ExecutionDeps, type TradeContext } from './context.ts';
import { exitDraft } from './drafts.ts';
import { marketPrice } from './market-price.ts';

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
  return (await deps.orderDesk.claimAndSend({ desk, instrument, drafts: [draft] }, claim)) !== null;
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
export async function nextRevision(deps: ExecutionDeps, tradeId: TradeRecord['id']): Promise<number> {
  const last = newest(await listOrders(deps.db, tradeId), 'exit');
  return last === null ? 0 : last.revision + (isOver(last.status) ? 1 : 0);
}

export async function sendExit(
  deps: ExecutionDeps,
  context: TradeContext,
  close: { size: DecimalString; price: DecimalString | null; revision: number },
): Promise<void> {
  const { trade, plan, desk } = context;
  const price = close.price ?? (await marketPrice(context));
  const draft = exitDraft(trade, desk.venue, plan, { ...close, price });
  await deps.orderDesk.send({ desk, instrument: plan.instrument, drafts: [draft] });
}
