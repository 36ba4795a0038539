import { roundPrice } from '#domain/instrument.ts';
import { decimalString, type DecimalString } from '#domain/money.ts';
import { doesRest, exitSide, isOver } from '#domain/order.ts';
import type { ExitAttempt } from '#prisma/repositories/exit-attempts.ts';
import { listOrders } from '#prisma/repositories/orders.ts';
import { markCanceled } from '#prisma/repositories/order-reports.ts';
import { newest } from '#prisma/repositories/order-record.ts';
import { recordTradeEvent } from '#prisma/repositories/trade-events.ts';
import { cancelAtVenue } from './cancel-orders.ts';
import type { ExecutionDeps, TradeContext } from './context.ts';
import { exitDraft } from './drafts.ts';
import { readOrder } from './known-order.ts';

/** A passive closing order rests so long before the market is tried again. */
const REST_MS = 5_000;
/** A cancelled order whose end the venue has not told by then, counted from its sending, is taken for over. */
const SILENCE_MS = 65_000;

/** Returns whether an order is a passive closing order that the venue holds. */
export const isPassive = ({ kind, status }: ExitAttempt): boolean => kind === 'post_only' && doesRest(status);

/**
 * Sends a closing order that rests at the touch, for a venue that takes no others. Returns false, with nothing sent,
 * when the venue names no price to rest at.
 */
export async function sendPassiveExit(
  deps: ExecutionDeps,
  context: TradeContext,
  { size, revision }: { size: DecimalString; revision: number },
): Promise<boolean> {
  const { trade, plan, session } = context;
  const price = await touchOf(deps, context);
  if (price === null) return false;
  const draft = exitDraft(trade, session.venue, plan, { size, price, slippagePct: 0, revision });
  const drafts = [{ ...draft, kind: 'post_only' as const, price }];
  const [report] = await deps.orderSender.send({ session, instrument: plan.instrument, drafts });
  if (report?.status === 'rejected') return true;
  await recordTradeEvent(deps.db, {
    tradeId: trade.id,
    key: `exit_rests/${revision}`,
    type: 'exit_rests',
    text: `The venue takes no order at the market: ${size} are offered at ${price} until it does`,
    data: { size, price },
  });
  return true;
}

/**
 * Takes a passive closing order back once it has rested long enough, or now, so that the market is tried again. The
 * order counts as over once the venue says what it has filled: a position that is read may not show that yet, and
 * another order would close the owner's part. Throws when the venue does not confirm.
 */
export async function endPassiveExit(
  deps: ExecutionDeps,
  context: TradeContext,
  { sentAt }: ExitAttempt,
  when: 'now' | 'in time',
): Promise<void> {
  const restedMs = deps.now() - sentAt;
  if (when === 'in time' && restedMs < REST_MS) return;
  const order = newest(await listOrders(deps.db, context.trade.id), 'exit');
  if (!order) return;
  await cancelAtVenue(deps, context, [order]);
  const { status } = await readOrder(deps, context, order);
  if (!isOver(status) && restedMs > SILENCE_MS)
    await markCanceled(deps.db, [order.id], 'The venue confirmed the cancel, and names no such order.');
}

/** Returns the price of the other side of the market, at which a closing order rests first; null where none is named. */
async function touchOf(
  deps: ExecutionDeps,
  { trade, plan, session }: TradeContext,
): Promise<DecimalString | null> {
  try {
    const quote = await session.venue.market.quote(plan.instrument.symbol);
    const isSold = exitSide(plan.side) === 'sell';
    const price = isSold ? quote?.ask : quote?.bid;
    return price ? decimalString(roundPrice(plan.instrument, price, isSold ? 'up' : 'down')) : null;
  } catch (err) {
    deps.logger.warn({ tradeId: trade.id, err }, 'no price at which a closing order could rest');
    return null;
  }
}
