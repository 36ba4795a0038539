import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { aprPct, maxDrawdown, sharpe, tradeStatistics } from './performance.ts';

interface Reference {
  startingBalance: number;
  freqtrade: {
    expectancy: number;
    profit_factor: number;
    winrate: number;
    max_drawdown_abs: number;
    max_drawdown_account: number;
    sharpe_from_daily_balance: number;
  };
  jesse: { sharpe: number; max_drawdown: number };
  trades: [close: string, profitUsd: number][];
  dailyEquity: [day: string, equityUsd: number][];
}

const fixture = new URL('../tests/fixtures/performance/reference.json', import.meta.url);
const reference: Reference = JSON.parse(readFileSync(fixture, 'utf8'));
const profits = reference.trades.map(([, profit]) => String(profit));

/** Equity after each change, the start included. */
const curve = (start: number, changes: number[]): string[] =>
  changes
    .reduce((values, change) => [...values, (values.at(-1) ?? start) + change], [start])
    .map((value) => value.toFixed(6));

describe('performance', () => {
  test('trade statistics agree with the reference', () => {
    const { freqtrade } = reference;
    expect(tradeStatistics(profits)).toEqual({
      trades: 40,
      wins: 24,
      netUsd: 830.6,
      winRate: freqtrade.winrate,
      profitFactor: expect.closeTo(freqtrade.profit_factor, 10),
      expectancyUsd: expect.closeTo(freqtrade.expectancy, 10),
      impactFactor: expect.closeTo(freqtrade.winrate * freqtrade.expectancy, 10),
    });
  });

  test('Sharpe is the sample one of daily equity; the population one is larger by a known factor', () => {
    const equity = reference.dailyEquity.map(([, value]) => String(value));
    const ours = sharpe(equity) ?? 0;
    expect(ours).toBeCloseTo(reference.jesse.sharpe, 9);
    const days = equity.length - 1;
    const population = ours * Math.sqrt(days / (days - 1));
    expect(population).toBeCloseTo(reference.freqtrade.sharpe_from_daily_balance, 9);
  });

  test('the largest falls', () => {
    const drawdown = maxDrawdown(curve(reference.startingBalance, profits.map(Number)));
    expect(drawdown.usd).toBeCloseTo(reference.freqtrade.max_drawdown_abs, 6);
    expect(drawdown.pct / 100).toBeCloseTo(reference.freqtrade.max_drawdown_account, 9);
    // The largest fall in USD and the largest in percent are two different ones here.
    expect(maxDrawdown(curve(1000, [0, -500, 500, 10_000, -1000]))).toEqual({ usd: 1000, pct: 50 });
  });

  test('APR is simple interest', () => {
    expect(aprPct('10', '1000', 30)).toBeCloseTo(12.1667, 4);
    expect(aprPct('10', '0', 30)).toBeNull();
  });

  test('nothing traded is no number rather than zero', () => {
    expect(tradeStatistics([])).toMatchObject({ trades: 0, winRate: null, expectancyUsd: null });
    expect(tradeStatistics(['1']).profitFactor).toBeNull();
    expect([sharpe([]), sharpe(['1', '1', '1'])]).toEqual([null, null]);
    expect(maxDrawdown([])).toEqual({ usd: 0, pct: 0 });
  });
});
