import type { PastCandle } from '#sandbox/hyperliquid/control/commands.ts';

const HOUR_MS = 3_600_000;

/** Candles of the hours before the present one, oldest first: `price` gives the close of each by its number from 0. */
export function pastCandles(hours: number, price: (hour: number) => number): PastCandle[] {
  const end = Math.floor(Date.now() / HOUR_MS) * HOUR_MS;
  return Array.from({ length: hours }, (_each, hour) => {
    const [open, close] = [price(hour - 1), price(hour)];
    return {
      startMs: end - (hours - hour) * HOUR_MS,
      open: open.toFixed(4),
      high: (Math.max(open, close) * 1.001).toFixed(4),
      low: (Math.min(open, close) * 0.999).toFixed(4),
      close: close.toFixed(4),
      volume: '25',
    };
  });
}

/** A price that rises, or falls, by a tenth of a percent an hour and ends at `last`. */
export const drifting = (last: number, hours: number, perHour: number) => (hour: number) =>
  last * (1 + perHour) ** (hour - hours + 1);
