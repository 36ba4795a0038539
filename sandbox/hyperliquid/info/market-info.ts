import { toWire } from '../amounts.ts';
import { openInterest } from '../execution.ts';
import type { Market } from '../market.ts';
import { bestPrices } from '../placement.ts';
import { perpMeta } from '../universe.ts';
import type { Venue } from '../venue.ts';

const BOOK_DEPTH = 20;

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

interface WireLevel {
  px: string;
  sz: string;
  n: number;
}

/** `l2Book`: up to 20 levels a side, users' resting orders merged into the synthetic ones. */
export function l2Book(market: Market): { coin: string; time: number; levels: [WireLevel[], WireLevel[]] } {
  return { coin: market.coin, time: Date.now(), levels: [side(market, 'bid'), side(market, 'ask')] };
}

function side(market: Market, which: 'bid' | 'ask'): WireLevel[] {
  const levels = new Map<string, { px: number; sz: ReturnType<Market['mid']>; n: number }>();
  const add = (px: ReturnType<Market['mid']>, sz: ReturnType<Market['mid']>): void => {
    const key = toWire(px);
    const at = levels.get(key);
    if (at) levels.set(key, { ...at, sz: at.sz.add(sz), n: at.n + 1 });
    else levels.set(key, { px: px.toNumber(), sz, n: 1 });
  };
  for (const { px, sz } of market.levels(which)) add(px, sz);
  const index = which === 'bid' ? market.orders.bids : market.orders.asks;
  for (const order of index.due(which === 'bid' ? 0 : Infinity)) add(order.limitPx, order.sz);
  return [...levels]
    .sort(([, a], [, b]) => (which === 'bid' ? b.px - a.px : a.px - b.px))
    .slice(0, BOOK_DEPTH)
    .map(([px, { sz, n }]) => ({ px, sz: toWire(sz), n }));
}

/** Best bid and ask with their sizes. */
export function bbo(market: Market): object {
  const { coin, time, levels } = l2Book(market);
  return { coin, time, bbo: [levels[0][0] ?? null, levels[1][0] ?? null] };
}
