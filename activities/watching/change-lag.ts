import { quantile } from '#domain/quantile.ts';

const REMEMBERED = 200;

/** How long the last two hundred changes of watches took to be read, in ms. */
export interface LagReport {
  p50: number;
  p99: number;
}

export interface ChangeLag {
  note(lagMs: number): void;
  /** Returns null before the first change. */
  report(): LagReport | null;
}

export function createChangeLag(): ChangeLag {
  const lags: number[] = [];
  return {
    note(lagMs) {
      // Reading is never before the change: a negative lag comes from reading one clock in two places.
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
