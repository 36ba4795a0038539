import type { DayResult } from '#domain/metrics/returns.ts';
import { DAY_MS, startOfDay } from '#domain/metrics/windows.ts';
import type { EquityPoint } from '../result.ts';
import { usdString } from './sums.ts';

/**
 * Returns every day (UTC) of a run with the net profit that was realised in it and the equity that it began with, as
 * the system's own metrics have them.
 */
export const realisedDays = (equity: readonly EquityPoint[]): DayResult[] =>
  daysOf(equity).map(({ day, start, end }) => ({
    day,
    netUsd: usdString(end.cashUsd - start.cashUsd),
    equityUsd: usdString(start.equityUsd),
  }));

/** Returns every day of a run with the change of its equity, open trades at their prices. */
export const markedDays = (equity: readonly EquityPoint[]): DayResult[] =>
  daysOf(equity).map(({ day, start, end }) => ({
    day,
    netUsd: usdString(end.equityUsd - start.equityUsd),
    equityUsd: usdString(start.equityUsd),
  }));

interface Day {
  day: number;
  /** The last point up to the start of the day, and the last one up to its end. */
  start: EquityPoint;
  end: EquityPoint;
}

function daysOf(equity: readonly EquityPoint[]): Day[] {
  const [first, last] = [equity[0], equity.at(-1)];
  if (!first || !last) return [];
  const days: Day[] = [];
  let [next, start] = [0, first];
  for (let day = startOfDay(first.t); day <= startOfDay(last.t); day += DAY_MS) {
    let end = start;
    for (let point = equity[next]; point && point.t <= day + DAY_MS; point = equity[next]) {
      end = point;
      next += 1;
    }
    days.push({ day, start, end });
    start = end;
  }
  return days;
}
