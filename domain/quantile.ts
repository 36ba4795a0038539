/** Returns the value that a share `q` of the sorted values does not exceed (nearest rank); NaN without values. */
export function quantile(sorted: readonly number[], q: number): number {
  const rank = Math.max(1, Math.ceil(q * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}
