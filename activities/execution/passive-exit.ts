import { roundPrice } from '#domain/instrument.ts';
import { decimalString, type DecimalString } from '#domain/money.ts';
import { doesRest, exitSide } from '#domain/order.ts';
import type { ExitAttempt } from '#prisma/repositories/exit-attempts.ts';
import { listOrders, newest } from '#prisma/repositories/orders.ts';
import { recordTradeEvent } from '#prisma/repositories/trade-events.ts';
import { cancelOrders } from './cancel-orders.ts';
import type { ExecutionDeps, TradeContext } from './context.ts';
import { exitDraft } from './drafts.ts';

/** A passive closing order rests so long before the market is tried again. */
const REST_MS = 5_000;

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
 * Takes a passive closing order back once it has rested long enough, so that the market is tried again. What it has
 * filled shows in the next reading of the position. Throws when the venue does not confirm.
 */
export async function endPassiveExit(
  deps: ExecutionDeps,
  context: TradeContext,
  { sentAt }: ExitAttempt,
): Promise<void> {
  if (deps.now() - sentAt < REST_MS) return;
  const order = newest(await listOrders(deps.db, context.trade.id), 'exit');
  if (order) await cancelOrders(deps, context, [order], 'The market is tried again.');
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
