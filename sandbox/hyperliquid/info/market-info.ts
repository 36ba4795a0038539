import { toWire } from '../wire/amounts.ts';
import { openInterest } from '../matching/execution.ts';
import type { Market } from '../market/market.ts';
import { bestPrices } from '../matching/placement.ts';
import { perpMeta } from '../market/universe.ts';
import type { Venue } from '../exchange/exchange.ts';

/** Mid price of a coin, users' resting orders included. */
function midPx(market: Market): string {
  const { bid, ask } = bestPrices(market);
  return toWire(bid.add(ask).div(2));
}

/** `allMids` of the venue's own coins, or of those of one builder. */
export function allMids(venue: Venue, dex = ''): Record<string, string> {
  return Object.fromEntries(venue.marketsIn(dex).map((market) => [market.coin, midPx(market)]));
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
export function meta(venue: Venue, dex: string): object {
  return perpMeta(venue.marketsIn(dex).map(({ spec }) => spec));
}

/** `metaAndAssetCtxs`. */
export function metaAndAssetCtxs(venue: Venue, dex: string): object[] {
  return [meta(venue, dex), venue.marketsIn(dex).map(assetCtx)];
}
