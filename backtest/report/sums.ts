import type { MoneySums } from '#domain/metrics/performance.ts';
import { NO_TRADES, type TradeSums } from '#domain/metrics/trade-sums.ts';
import { Amount, decimalString, type DecimalString } from '#domain/money.ts';
import type { TradeColumns } from './columns.ts';

/** A sum of numbers with the rest that adding rounds away (Neumaier 1974): exact to the last digit of its terms. */
export interface Total {
  sum: number;
  rest: number;
}

export const newTotal = (): Total => ({ sum: 0, rest: 0 });

/** Adds a number to a total in place. */
export function addTo(total: Total, value: number): void {
  const next = total.sum + value;
  total.rest += Math.abs(total.sum) >= Math.abs(value) ? total.sum - next + value : value - next + total.sum;
  total.sum = next;
}

export const totalNumber = ({ sum, rest }: Total): number => sum + rest;

/** Sums are kept to a hundred-millionth of a dollar. */
const USD_DECIMALS = 8;

/** Returns an amount of USD as a decimal string. */
export const usdString = (value: number): DecimalString =>
  decimalString(new Amount(value).toDecimalPlaces(USD_DECIMALS));

/** Returns the sum of a column over the trades at `rows`; NaN counts as nothing. */
export function sumOf(column: Float64Array, rows: readonly number[]): number {
  const total = newTotal();
  for (const row of rows) {
    const value = column[row] ?? NaN;
    if (!Number.isNaN(value)) addTo(total, value);
  }
  return totalNumber(total);
}

const countOf = (column: Float64Array, rows: readonly number[]): number =>
  rows.reduce((count, row) => (Number.isNaN(column[row] ?? NaN) ? count : count + 1), 0);

/** Returns the sums of money of the trades at `rows`. */
export const moneyOf = (columns: TradeColumns, rows: readonly number[]): MoneySums => ({
  grossUsd: usdString(sumOf(columns.grossUsd, rows)),
  feesUsd: usdString(sumOf(columns.feesUsd, rows)),
  fundingUsd: usdString(sumOf(columns.fundingUsd, rows)),
  netUsd: usdString(sumOf(columns.netUsd, rows)),
  volumeUsd: usdString(sumOf(columns.volumeUsd, rows)),
});

/** Returns the sums of the trades at `rows` that their numbers are computed from; `netUsd` is what each made. */
export function tradeSumsOf(
  columns: TradeColumns,
  rows: readonly number[],
  netUsd: Float64Array = columns.netUsd,
): TradeSums {
  if (rows.length === 0) return NO_TRADES;
  return {
    closed: rows.length,
    ...profitsOf(netUsd, rows),
    r: sumOf(columns.r, rows),
    rCount: countOf(columns.r, rows),
    holdMs: sumOf(columns.holdMs, rows),
    unprotectedMs: 0,
    callBps: sumOf(columns.callBps, rows),
    callCount: countOf(columns.callBps, rows),
    decisionBps: sumOf(columns.decisionBps, rows),
    decisionCount: countOf(columns.decisionBps, rows),
    latencyMs: sumOf(columns.latencyMs, rows),
    latencyCount: countOf(columns.latencyMs, rows),
  };
}

type Profits = Pick<TradeSums, 'won' | 'profitUsd' | 'lossUsd' | 'bestUsd' | 'worstUsd'>;

function profitsOf(netUsd: Float64Array, rows: readonly number[]): Profits {
  const [profit, loss] = [newTotal(), newTotal()];
  let [won, best, worst] = [0, -Infinity, Infinity];
  for (const row of rows) {
    const net = netUsd[row] ?? 0;
    if (net > 0) won += 1;
    addTo(net > 0 ? profit : loss, net > 0 ? net : -net);
    best = Math.max(best, net);
    worst = Math.min(worst, net);
  }
  return {
    won,
    profitUsd: usdString(totalNumber(profit)),
    lossUsd: usdString(totalNumber(loss)),
    bestUsd: usdString(best),
    worstUsd: usdString(worst),
  };
}
