import type { OrderReport } from '#domain/order.ts';
import {
  VenueError,
  type CommandOptions,
  type OrderRequest,
  type Outcome,
  type TradingAccount,
} from '../../venue.ts';
import { TRADING } from '../chain/abi.ts';
import { awaitSettlement } from './await-settlement.ts';
import { planClose, type ClosingPrice } from './commands.ts';
import type { OstiumContext } from './context.ts';
import { callAsDelegate } from './delegate-call.ts';
import { explainRevert, findTrade, noPosition, tookAnother } from './find-trade.ts';
import type { PlacedOrder } from './order-finder.ts';
import { closedTradeOf } from '../chain/settlement.ts';

/** Closes a trade in part or whole, and waits a while for it to fill. Throws `VenueError`. */
export async function closeTrade(
  context: OstiumContext,
  account: TradingAccount,
  order: OrderRequest,
  options: CommandOptions,
): Promise<Outcome<OrderReport[]>> {
  const [trade, price] = await Promise.all([
    findTrade(context, account.accountId, order.instrument, options),
    readPrice(context, order.instrument.symbol),
  ]);
  if (!trade) return noPosition;
  const { positionSize = null } = options;
  const plan = planClose(order, { trade, positionSize }, price, context.timing.staleMs);
  if ('kind' in plan) return plan;
  const args = [trade.pair.index, trade.index, plan.percentage, plan.wanted, plan.slippage];
  const data = TRADING.encodeFunctionData('closeTradeMarket', args);
  const mined = await callAsDelegate(context, account, { data, trade }, options);
  if (mined.kind !== 'confirmed') return explainRevert(context, account.accountId, trade, mined);
  const closed = closedTradeOf(mined.value);
  if (closed !== null && closed !== trade.tradeId) return tookAnother('close', trade.tradeId, closed);
  const placed = await awaitSettlement(context, mined.value);
  if ('kind' in placed) return placed;
  return reportClose(context, placed, order);
}

/** Returns the report of a close that was placed; unresolved when its fill cannot be read. */
async function reportClose(
  { orders }: OstiumContext,
  placed: PlacedOrder,
  { clientOrderId }: OrderRequest,
): Promise<Outcome<OrderReport[]>> {
  try {
    return { kind: 'confirmed', value: [await orders.report(placed, clientOrderId)] };
  } catch (error) {
    if (error instanceof VenueError) return { kind: 'unresolved', text: error.message };
    throw error;
  }
}

/** Returns the price of now, or the last one known when the price service does not answer in time. */
async function readPrice({ prices, timing }: OstiumContext, symbol: string): Promise<ClosingPrice> {
  const inTime = new Promise<null>((resolve) => {
    setTimeout(() => resolve(null), timing.closePriceMs).unref();
  });
  const latest = await Promise.race([prices.latest().catch(() => null), inTime]);
  const price = latest?.get(symbol) ?? null;
  return price ? { price, isCurrent: true } : { price: prices.lastKnown(symbol), isCurrent: false };
}
