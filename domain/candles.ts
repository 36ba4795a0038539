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
 * The path a candle is taken to have gone, for the holder of a position: it opens with a print (the market may
 * have jumped since the close before), then moves continuously to its worst price, to its best and to the
 * close. A candle does not tell which extreme came first; the worst first is the pessimistic answer, and the
 * stop is judged before the target.
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
