import { quantile } from '#domain/quantile.ts';

const REMEMBERED = 200;

/** How long changes of watches took to be seen, in ms, of the newest two hundred. */
export interface LagReport {
  p50: number;
  p99: number;
}

export interface ChangeLag {
  note(lagMs: number): void;
  /** Null before the first change. */
  report(): LagReport | null;
}

export function createChangeLag(): ChangeLag {
  const lags: number[] = [];
  return {
    note(lagMs) {
      // The clocks are the same, but read at either end: a change is not seen before it was made.
      lags.push(Math.max(0, lagMs));
      if (lags.length > REMEMBERED) lags.shift();
    },
    report() {
      if (lags.length === 0) return null;
      const sorted = lags.toSorted((a, b) => a - b);
      return { p50: quantile(sorted, 0.5), p99: quantile(sorted, 0.99) };
    },
  };
}
