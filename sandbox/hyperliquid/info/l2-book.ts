import { Decimal } from 'decimal.js';
import { Amount, toWire } from '../wire/amounts.ts';
import { UnreadableRequest } from '../wire/refusals.ts';
import type { TradedMarket } from '../exchange/traded-market.ts';

const BOOK_DEPTH = 20;

interface WireLevel {
  px: string;
  sz: string;
  n: number;
}

/** Grouping of a book: prices have `nSigFigs` significant digits and are `mantissa` steps of the last digit apart. */
export interface BookGrouping {
  readonly nSigFigs: number;
  readonly mantissa: number;
}

/** Every grouping that the venue offers. Steps of 2 and 5 exist only for five digits. */
export const BOOK_GROUPINGS: readonly BookGrouping[] = [
  ...[2, 3, 4, 5].map((nSigFigs) => ({ nSigFigs, mantissa: 1 })),
  ...[2, 5].map((mantissa) => ({ nSigFigs: 5, mantissa })),
];

/** Reads a grouping. Returns null for a book without grouping. Throws UnreadableRequest if the venue does not offer it. */
export function parseGrouping({ nSigFigs, mantissa }: Record<string, unknown>): BookGrouping | null {
  if (nSigFigs === undefined || nSigFigs === null) return null;
  const step = mantissa ?? 1;
  const found = BOOK_GROUPINGS.find((each) => each.nSigFigs === nSigFigs && each.mantissa === step);
  if (!found) throw new UnreadableRequest();
  return found;
}

/** `l2Book`: returns up to 20 levels a side, of the synthetic book and users' resting orders together. */
export function l2Book(
  market: TradedMarket,
  grouping: BookGrouping | null = null,
): { coin: string; time: number; levels: [WireLevel[], WireLevel[]] } {
  const levels: [WireLevel[], WireLevel[]] = [side(market, 'bid', grouping), side(market, 'ask', grouping)];
  return { coin: market.coin, time: Date.now(), levels };
}

function side(market: TradedMarket, which: 'bid' | 'ask', grouping: BookGrouping | null): WireLevel[] {
  const levels = new Map<string, { px: number; sz: Amount; n: number }>();
  const add = (exact: Amount, sz: Amount): void => {
    const px = grouping ? grouped(exact, which, grouping) : exact;
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

/** Returns the price of the level that contains `px`, rounded away from the middle so that no side looks better. */
function grouped(px: Amount, which: 'bid' | 'ask', { nSigFigs, mantissa }: BookGrouping): Amount {
  const step = new Amount(10).pow(px.e - (nSigFigs - 1)).mul(mantissa);
  return px.toNearest(step, which === 'bid' ? Decimal.ROUND_FLOOR : Decimal.ROUND_CEIL);
}

/** `bbo`: returns the best bid and ask with their sizes, null for an empty side. */
export function bbo(market: TradedMarket): object {
  const { coin, time, levels } = l2Book(market);
  return { coin, time, bbo: [levels[0][0] ?? null, levels[1][0] ?? null] };
}
