import { positionSize } from '../accounts/account.ts';
import { leverageOf, summarise } from '../accounts/margin.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { Order } from '../orders/order.ts';
import type { Amount } from '../wire/amounts.ts';

/** The account, the coin and the side of an order. */
type Exposure = Pick<Order, 'user' | 'asset' | 'isBuy'>;

/** Returns whether the account's free margin covers `sz` more on this side. Trades that shrink a position always fit. */
export function affords(exchange: Exchange, order: Exposure, sz: Amount): boolean {
  const account = exchange.accounts.get(order.user)!;
  const market = exchange.marketOf(order.asset);
  const held = positionSize(account, order.asset);
  const after = held.add(order.isBuy ? sz : sz.neg());
  const growth = after.abs().sub(held.abs());
  if (growth.lte(0)) return true;
  const needed = growth.mul(market.mark).div(leverageOf(account, market).value);
  return needed.lte(summarise(account, exchange.byAsset).available);
}

/** Returns whether `sz` more on this side would make the position too large for its leverage. */
export function exceedsTier(exchange: Exchange, order: Exposure, sz: Amount): boolean {
  const account = exchange.accounts.get(order.user)!;
  const market = exchange.marketOf(order.asset);
  const held = positionSize(account, order.asset);
  const after = held.add(order.isBuy ? sz : sz.neg());
  if (after.abs().lte(held.abs())) return false;
  return leverageOf(account, market).value > market.maxLeverageAt(after.abs().mul(market.mark));
}
