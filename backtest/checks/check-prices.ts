import type { PriceSeries } from '../prices/price-series.ts';
import type { DataFinding } from '../result.ts';

/** A price this many times another is none of the instrument. */
const OTHER_INSTRUMENT = 3;

/** Returns what is missing between the candles of a series; prints have no gaps that could be told from quiet times. */
export function findGaps({ symbol, times, length, intervalMs }: PriceSeries, file: string): DataFinding[] {
  if (intervalMs === null) return [];
  let [count, missing, longest, longestAt] = [0, 0, 0, 0];
  for (let at = 1; at < length; at++) {
    const step = times[at]! - times[at - 1]!;
    if (step <= intervalMs * 1.5) continue;
    count += 1;
    missing += Math.round(step / intervalMs) - 1;
    if (step <= longest) continue;
    longest = step;
    longestAt = times[at - 1]!;
  }
  if (count === 0) return [];
  const from = longestAt + intervalMs;
  const gaps = count === 1 ? 'one gap' : `${count} gaps`;
  const candles = missing === 1 ? 'one candle is' : `${missing} candles are`;
  return [
    {
      kind: 'gap',
      level: 'warning',
      file,
      line: null,
      symbol,
      count,
      from,
      to: longestAt + longest,
      text: `${candles} missing in ${gaps}; the longest begins ${new Date(from).toISOString()} and lasts ${minutes(longest - intervalMs)}`,
    },
  ];
}

const minutes = (ms: number): string =>
  ms < 7_200_000 ? `${Math.round(ms / 60_000)} min` : `${(ms / 3_600_000).toFixed(1)} h`;

/** Returns why prices cannot be those of the instrument that calls name prices of; null where they can. */
export function otherInstrument(
  named: readonly { price: number; known: number }[],
): { count: number; price: number; known: number } | null {
  const [first] = named;
  if (!first) return null;
  const far = named.filter(({ price, known }) => Math.max(price / known, known / price) > OTHER_INSTRUMENT);
  return far.length > named.length / 2 ? { count: far.length, price: first.price, known: first.known } : null;
}
