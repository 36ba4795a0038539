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
 * Returns the prices that a candle is taken to have passed, in order, for the holder of a position: the open as a
 * jump from the close before, then without jumps the worst price, the best and the close. A candle does not tell
 * which extreme came first; worst first is the pessimistic reading, and the stop is judged before the target.
 */
export function candleObservations(candle: Candle, side: Side): PriceObservation[] {
  const { t, open, high, low, close } = candle;
  const [worst, best] = side === 'long' ? [low, high] : [high, low];
  return [
    { price: open, t, gap: true },
    { price: worst, t, gap: false },
    { price: best, t, gap: false },
    { price: close, t, gap: false },
  ];
}
