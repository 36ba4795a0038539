import type { PriceObservation } from './exit-engine.ts';
import type { Side } from './ids.ts';
import type { DecimalString } from './money.ts';

/** Prices of one interval; `t` is its start in epoch ms. */
export interface Candle {
  t: number;
  open: DecimalString;
  high: DecimalString;
  low: DecimalString;
  close: DecimalString;
}

/**
 * The order in which a candle is taken to have passed its extremes, for the holder of a position: `worst` is the
 * adverse one first, `best` the favourable one first, `nearer` the one nearer to the open first.
 */
export const CANDLE_PATHS = ['worst', 'best', 'nearer'] as const;
export type CandlePath = (typeof CANDLE_PATHS)[number];

/**
 * Returns the prices that a candle is taken to have passed, in order, for the holder of a position: the open as a
 * jump from the close before, then without jumps its two extremes and the close.
 *
 * A candle does not tell which extreme came first. Between a stop and a target `worst` is the pessimistic reading,
 * because the stop is judged first. Behind a trail it is the optimistic one: the adverse extreme meets the stop of the
 * candle before, and not the one that the favourable extreme of this candle sets. Neither is a bound of both.
 */
export function candleObservations(
  { t, open, high, low, close }: Candle,
  side: Side,
  path: CandlePath = 'worst',
): PriceObservation[] {
  const isLowFirst = passesLowFirst(path, side, {
    open: Number(open),
    high: Number(high),
    low: Number(low),
  });
  const [first, second] = isLowFirst ? [low, high] : [high, low];
  return [
    { price: open, t, gap: true },
    { price: first, t, gap: false },
    { price: second, t, gap: false },
    { price: close, t, gap: false },
  ];
}

/** Returns whether a candle is taken to have passed its low before its high; of two equally near, the low. */
export function passesLowFirst(
  path: CandlePath,
  side: Side,
  { open, high, low }: { open: number; high: number; low: number },
): boolean {
  if (path === 'nearer') return open - low <= high - open;
  return (path === 'worst') === (side === 'long');
}
