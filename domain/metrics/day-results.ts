import { decimalString, sum, type DecimalString } from '../money.ts';
import type { DayResult } from './returns.ts';
import { DAY_MS } from './windows.ts';

/** Net profit of a day (UTC), in USD; `day` is its start, epoch ms. */
export interface DayProfit {
  day: number;
  netUsd: DecimalString;
}

/** What an account was worth at the first reading of a day. */
export interface DayReading {
  /** A name of its own for each account and venue. */
  account: string;
  day: number;
  equityUsd: DecimalString;
}

/**
 * Returns every day from `from` to `to` (starts of days, both included) with its net profit, 0 where nothing was
 * earned, and the equity of all accounts. An account counts with its last reading up to the day, and before its first
 * one with that one. `readings` are in the order of days.
 */
export function dayResults(
  earned: readonly DayProfit[],
  readings: readonly DayReading[],
  { from, to }: { from: number; to: number },
): DayResult[] {
  const profits = Map.groupBy(earned, ({ day }) => day);
  const accounts = [...Map.groupBy(readings, ({ account }) => account).values()].map(equityByDay);
  const days: DayResult[] = [];
  for (let day = from; day <= to; day += DAY_MS) {
    const netUsd = decimalString(sum((profits.get(day) ?? []).map((each) => each.netUsd)));
    const equity = accounts.map((equityOn) => equityOn(day));
    days.push({ day, netUsd, equityUsd: equity.length === 0 ? null : decimalString(sum(equity)) });
  }
  return days;
}

/** Returns a function that returns the equity of an account on a day; it is to be asked for days in order. */
function equityByDay(readings: readonly DayReading[]): (day: number) => DecimalString {
  let next = 0;
  let equityUsd = readings[0]?.equityUsd ?? '0';
  return (day) => {
    for (let reading = readings[next]; reading && reading.day <= day; reading = readings[next]) {
      equityUsd = reading.equityUsd;
      next += 1;
    }
    return equityUsd;
  };
}
