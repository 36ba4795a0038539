import type { BacktestResult, EquityPoint, InstrumentPrices } from '../result.ts';

/** A point of the curves that reports draw. */
export interface CurvePoint {
  t: number;
  equityUsd: number;
  /** Without what open trades stand at. */
  cashUsd: number;
  /** Fall from the highest equity before it, in percent of that, 0 or less. */
  drawdownPct: number;
  openTrades: number;
  exposureUsd: number;
  /** What the capital would be worth had it been held in the instruments; null without daily prices. */
  heldUsd: number | null;
}

/** A curve has at most this many points; extremes between them are kept. */
export const MOST_POINTS = 1_000;

/** Returns the curves of a run. */
export function curveOf({ equity, capitalUsd, instruments }: BacktestResult): CurvePoint[] {
  const held = holdingCurve(instruments, Number(capitalUsd));
  let peak = -Infinity;
  const points = equity.map((point) => {
    peak = Math.max(peak, point.equityUsd);
    const drawdownPct = peak > 0 ? (point.equityUsd / peak - 1) * 100 : 0;
    return { ...point, drawdownPct, heldUsd: held(point.t) };
  });
  return thin(points, MOST_POINTS);
}

/** Returns the first, last, highest and lowest point of each of so many parts that at most `most` remain. */
export function thin<Point extends Pick<EquityPoint, 't' | 'equityUsd'>>(
  points: readonly Point[],
  most: number,
): Point[] {
  if (points.length <= most) return [...points];
  const parts = Math.floor(most / 4);
  const kept = new Set<Point>();
  for (let part = 0; part < parts; part += 1) {
    const from = Math.floor((part * points.length) / parts);
    const to = Math.floor(((part + 1) * points.length) / parts);
    for (const point of extremes(points.slice(from, to))) kept.add(point);
  }
  return [...kept].sort((a, b) => a.t - b.t);
}

function extremes<Point extends Pick<EquityPoint, 'equityUsd'>>(points: readonly Point[]): Point[] {
  const [first] = points;
  if (!first) return [];
  let [low, high] = [first, first];
  for (const point of points) {
    if (point.equityUsd < low.equityUsd) low = point;
    if (point.equityUsd > high.equityUsd) high = point;
  }
  return [first, low, high, points.at(-1) ?? first];
}

/**
 * Returns a function that returns what a capital is worth that was put into the instruments in equal parts at their
 * first prices, without costs; it is to be asked in the order of time. Null without prices.
 */
export function holdingCurve(
  instruments: readonly InstrumentPrices[],
  capitalUsd: number,
): (t: number) => number | null {
  if (instruments.length === 0) return () => null;
  const shares = instruments.map(({ first, days, last }) => {
    const prices = [...days, last];
    let [next, price] = [0, first.price];
    return (t: number): number => {
      for (let point = prices[next]; point && point.t <= t; point = prices[next]) {
        price = point.price;
        next += 1;
      }
      return price / first.price;
    };
  });
  return (t) => (shares.reduce((total, share) => total + share(t), 0) / shares.length) * capitalUsd;
}
