import { toWire } from '../wire/amounts.ts';
import { openInterest } from '../matching/execution.ts';
import type { Market } from '../market/market.ts';
import { bestPrices } from '../matching/placement.ts';
import { perpMeta } from '../market/universe.ts';
import type { Exchange } from '../exchange/exchange.ts';

/** Mid price of a coin, users' resting orders included. */
function midPx(market: Market): string {
  const { bid, ask } = bestPrices(market);
  return toWire(bid.add(ask).div(2));
}

/** `allMids` of the venue's own coins, or of those of one builder. */
export function allMids(exchange: Exchange, dex = ''): Record<string, string> {
  return Object.fromEntries(exchange.marketsIn(dex).map((market) => [market.coin, midPx(market)]));
}

/** The changing numbers of one coin, as `metaAndAssetCtxs` and `activeAssetCtx` carry them. */
export function assetCtx(market: Market): object {
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

/** `meta` of the venue's own coins, or of those of one builder. */
export function meta(exchange: Exchange, dex: string): object {
  return perpMeta(exchange.marketsIn(dex).map(({ spec }) => spec));
}

/** `metaAndAssetCtxs`. */
export function metaAndAssetCtxs(exchange: Exchange, dex: string): object[] {
  return [meta(exchange, dex), exchange.marketsIn(dex).map(assetCtx)];
}
