import type { TradedMarket } from '../exchange/traded-market.ts';
import { Amount } from '../wire/amounts.ts';

/** Returns the best bid and ask, of the synthetic book and of users' resting orders together. */
export function bestPrices(market: TradedMarket): { bid: Amount; ask: Amount } {
  const bid = market.best('bid');
  const ask = market.best('ask');
  const userBid = market.orders.bids.nearest();
  const userAsk = market.orders.asks.nearest();
  return {
    bid: userBid > bid.toNumber() ? new Amount(userBid) : bid,
    ask: userAsk < ask.toNumber() ? new Amount(userAsk) : ask,
  };
}
