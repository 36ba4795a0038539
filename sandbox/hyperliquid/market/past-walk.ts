import { Amount } from '../wire/amounts.ts';
import type { Bar } from './candles.ts';

const HOUR_MS = 3_600_000;
const MINUTES = 60;
/** Usual size of an hour's step, as a share of the price. */
const STEP = 0.006;

/**
 * Returns a bar for each of so many hours before the present one, oldest first: a random walk that ends at `last`. The
 * same seed gives the same walk.
 */
export function pastWalk(
  last: Amount,
  { hours, seed, now }: { hours: number; seed: number; now: number },
): Bar[] {
  const random = randomOf(seed);
  const end = Math.floor(now / HOUR_MS) * HOUR_MS;
  const bars: Bar[] = [];
  let close = last;
  for (let hour = 1; hour <= hours; hour += 1) {
    const open = close.div(1 + STEP * (random() + random() + random() - 1.5)).toSignificantDigits(5);
    const reach = 1 + STEP * random();
    bars.push({
      startMs: end - hour * HOUR_MS,
      open,
      high: Amount.max(open, close).mul(reach).toSignificantDigits(5),
      low: Amount.min(open, close).div(reach).toSignificantDigits(5),
      close,
      volume: new Amount(2_000_000)
        .div(last)
        .mul(0.5 + random())
        .toSignificantDigits(3),
      trades: MINUTES,
    });
    close = open;
  }
  return bars.toReversed();
}

/** Returns numbers of 0 to 1 (mulberry32). Source: github.com/bryc/code, `jshash/PRNGs.md`, public domain. */
function randomOf(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
