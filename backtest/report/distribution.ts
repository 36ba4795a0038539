/** Trades whose value lies from `from` (included) to `to` (left out; in the last part included). */
export interface DistributionPart {
  from: number;
  to: number;
  trades: number;
}

const PARTS = 24;
/** Values beyond these shares of the sorted ones are counted in the outermost parts. */
const [LOWEST, HIGHEST] = [0.005, 0.995];

/** Returns how many values lie in each of equal parts of their range, with 0 as a border; none without values. */
export function distributionOf(values: Float64Array): DistributionPart[] {
  if (values.length === 0) return [];
  const sorted = values.toSorted();
  const at = (share: number) => sorted[Math.round(share * (sorted.length - 1))] ?? 0;
  const [low, high] = [Math.min(0, at(LOWEST)), Math.max(0, at(HIGHEST))];
  const step = (high - low) / PARTS || 1;
  const first = Math.floor(low / step);
  const count = Math.max(1, Math.ceil(high / step) - first);
  const parts = Array.from({ length: count }, (_, index) => ({
    from: (first + index) * step,
    to: (first + index + 1) * step,
    trades: 0,
  }));
  for (const value of values) {
    const part = parts[Math.max(0, Math.min(count - 1, Math.floor(value / step) - first))];
    if (part) part.trades += 1;
  }
  return parts;
}
