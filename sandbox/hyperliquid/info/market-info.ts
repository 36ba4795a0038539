import { ZERO, toWire } from '../wire/amounts.ts';
import type { Amount } from '../wire/amounts.ts';
import { positionSize } from '../accounts/account.ts';
import type { TradedMarket } from '../exchange/traded-market.ts';
import { perpMeta } from '../market/universe.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { bestPrices } from '../matching/best-prices.ts';

/** Returns the mid price of a coin, users' resting orders included. */
function midPx(market: TradedMarket): string {
  const { bid, ask } = bestPrices(market);
  return toWire(bid.add(ask).div(2));
}

/** `allMids`: returns the mid prices of the venue's own coins, or of one builder's. */
export function allMids(exchange: Exchange, dex = ''): Record<string, string> {
  return Object.fromEntries(exchange.marketsIn(dex).map((market) => [market.coin, midPx(market)]));
}

/** Returns prices, funding, volume and open interest of a coin, as `metaAndAssetCtxs` and `activeAssetCtx` carry them. */
export function assetCtx(market: TradedMarket): object {
  const { bid, ask } = bestPrices(market);
  return {
    funding: market.fundingRate.toFixed(),
    openInterest: toWire(openInterest(market)),
    prevDayPx: toWire(market.prevDayPx),
    dayNtlVlm: toWire(market.dayNotional),
    premium: '0.0',
    oraclePx: toWire(market.oracle),
    markPx: toWire(market.mark),
    midPx: toWire(bid.add(ask).div(2)),
    impactPxs: [toWire(bid), toWire(ask)],
    dayBaseVlm: toWire(market.dayBase),
  };
}

/** `meta`: returns the venue's own coins, or one builder's, with their margin tables. */
export function meta(exchange: Exchange, dex: string): object {
  return perpMeta(exchange.marketsIn(dex).map(({ spec }) => spec));
}

/** `metaAndAssetCtxs`: returns `meta` and the context of each coin. */
export function metaAndAssetCtxs(exchange: Exchange, dex: string): object[] {
  return [meta(exchange, dex), exchange.marketsIn(dex).map(assetCtx)];
}

/** Returns the sum of the position sizes of all accounts, in coins. */
function openInterest(market: TradedMarket): Amount {
  let total: Amount = ZERO;
  for (const account of market.holders) total = total.add(positionSize(account, market.asset).abs());
  return total;
}
