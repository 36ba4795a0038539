/**
 * Returns the share of a normal distribution (mean 0, variance 1) that lies below `x`. Source: Abramowitz and Stegun
 * 26.2.17, off by at most 7.5e-8.
 */
export function normalBelow(x: number): number {
  const t = 1 / (1 + 0.231_641_9 * Math.abs(x));
  const tail = [0.319_381_530, -0.356_563_782, 1.781_477_937, -1.821_255_978, 1.330_274_429].reduceRight(
    (sum, coefficient) => (sum + coefficient) * t,
    0,
  );
  const above = (Math.exp((-x * x) / 2) / Math.sqrt(2 * Math.PI)) * tail;
  return x >= 0 ? 1 - above : above;
}

/** Returns the value that a share (0 to 1, both left out) of a normal distribution lies below, by halving. */
export function normalQuantile(share: number): number {
  let [low, high] = [-10, 10];
  for (let step = 0; step < 60; step += 1) {
    const middle = (low + high) / 2;
    if (normalBelow(middle) < share) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
