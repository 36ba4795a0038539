import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { amount, decimalString } from '../money.ts';
import { METRICS, METRIC_SPANS, METRIC_UNITS } from './definitions.ts';
import { dayResults } from './day-results.ts';
import { maxDrawdown, maxDrawdownShare } from './drawdown.ts';
import { impactOf, SHRINKAGE_TRADES } from './impact.ts';
import { performanceOf, returnNumbers } from './performance.ts';
import { annualised, aprPct, calmar, growthCurve, sharpe, sortino } from './returns.ts';
import { NO_TRADES, tradeNumbers, type TradeSums } from './trade-sums.ts';
import { DAY_MS, startOfWindow } from './windows.ts';

interface Reference {
  startingBalance: number;
  freqtrade: {
    expectancy: number;
    profit_factor: number;
    winrate: number;
    max_drawdown_abs: number;
    max_drawdown_account: number;
    from_daily_balance: { sharpe: number };
  };
  jesse: { sharpe: number; sortino: number; calmar: number; max_drawdown: number };
  facts: {
    source: string;
    profit_abs?: number[];
    expectancy?: number;
    rows?: [start: number, end: number, days: number, cagr: number][];
    starting_balance?: number;
    daily_profits?: number[];
    drawdown_abs?: number;
    account_ratio?: number;
  }[];
  trades: [opened: string, closed: string, profitUsd: number][];
  dailyEquity: [day: string, equityUsd: number][];
}

const fixture = new URL('../../tests/fixtures/metrics/reference.json', import.meta.url);
const reference: Reference = JSON.parse(readFileSync(fixture, 'utf8'));
const equity = reference.dailyEquity.map(([, value]) => value);
const returns = equity.slice(1).map((value, index) => value / (equity[index] ?? 1) - 1);
const factOf = (source: string) => reference.facts.find((fact) => fact.source === source);

/** Values after each change, the start included. */
const curveOf = (start: number, changes: readonly number[]): string[] =>
  changes
    .reduce((values, change) => [...values, (values.at(-1) ?? start) + change], [start])
    .map((value) => value.toFixed(6));

const sumsOf = (profits: readonly number[]): TradeSums => {
  const net = profits.map((profit) => amount(profit));
  const [won, lost] = [net.filter((each) => each.gt(0)), net.filter((each) => each.lt(0))];
  const total = (values: typeof net) => values.reduce((sum, each) => sum.add(each), amount('0'));
  return {
    ...NO_TRADES,
    closed: profits.length,
    won: won.length,
    profitUsd: decimalString(total(won)),
    lossUsd: decimalString(total(lost).abs()),
  };
};

describe('numbers of trades', () => {
  test('agree with the reference', () => {
    const { freqtrade, trades } = reference;
    const numbers = tradeNumbers(sumsOf(trades.map(([, , profit]) => profit)));
    expect(numbers.winRate).toBe(freqtrade.winrate);
    expect(numbers.profitFactor).toBeCloseTo(freqtrade.profit_factor, 12);
    expect(Number(numbers.expectancyUsd)).toBeCloseTo(freqtrade.expectancy, 10);
    expect(Number(numbers.impactUsd)).toBeCloseTo(freqtrade.winrate * freqtrade.expectancy, 10);
    const fact = factOf('tests/data/test_btanalysis.py::test_calculate_expectancy');
    expect(tradeNumbers(sumsOf(fact?.profit_abs ?? [])).expectancyUsd).toBe(String(fact?.expectancy));
  });

  test('nothing traded is no number rather than zero', () => {
    const none = {
      winRate: null,
      profitFactor: null,
      expectancyUsd: null,
      expectancyR: null,
      impactUsd: null,
    };
    expect(tradeNumbers(NO_TRADES)).toMatchObject({
      ...none,
      trades: 0,
      averageHoldMs: null,
      latencyMs: null,
    });
    expect(tradeNumbers(sumsOf([1])).profitFactor).toBeNull();
  });
});

describe('returns', () => {
  test('Sharpe is the sample one; the population one is larger by a known factor', () => {
    const ours = sharpe(returns) ?? 0;
    expect(ours).toBeCloseTo(reference.jesse.sharpe, 9);
    const days = returns.length;
    expect(ours * Math.sqrt(days / (days - 1))).toBeCloseTo(reference.freqtrade.from_daily_balance.sharpe, 9);
  });

  test('Sortino and the drawdown agree with the reference', () => {
    expect(sortino(returns)).toBeCloseTo(reference.jesse.sortino, 9);
    expect(maxDrawdownShare(growthCurve(returns))).toBeCloseTo(-reference.jesse.max_drawdown, 9);
  });

  test('Calmar is the one of the reference over one more day: it counts the days between returns', () => {
    const growth = growthCurve(returns).at(-1) ?? 1;
    const share = maxDrawdownShare(growthCurve(returns));
    expect(annualised(growth, returns.length - 1) / share).toBeCloseTo(reference.jesse.calmar, 6);
    expect(calmar(returns, share)).toBeCloseTo(annualised(growth, returns.length) / share, 12);
    expect(calmar([0.01, 0.02], 0)).toBeNull();
  });

  test('yearly returns compound; a total loss is -100 %', () => {
    const rows = factOf('test_calculate_cagr')?.rows ?? [];
    expect(rows.length).toBeGreaterThan(0);
    for (const [start, end, days, cagr] of rows) expect(annualised(end / start, days)).toBeCloseTo(cagr, 4);
    expect(annualised(0, 10)).toBe(-1);
  });

  test('APR is simple: 1 % over thirty days is 12.17 %', () => {
    const days = dayResults([{ day: 0, netUsd: '10' }], [{ account: 'a', day: 0, equityUsd: '1000' }], {
      from: 0,
      to: 29 * DAY_MS,
    });
    expect(returnNumbers(days)).toMatchObject({ days: 30, aprPct: expect.closeTo(12.1667, 4) });
    expect(aprPct([])).toBeNull();
  });

  test('without variation or equity there is no ratio', () => {
    expect([sharpe([]), sharpe([0.1]), sharpe([0, 0, 0]), sortino([0.1]), sortino([])]).toEqual(
      Array.from({ length: 5 }, () => null),
    );
    const unknown = dayResults([{ day: 0, netUsd: '-10' }], [], { from: 0, to: DAY_MS });
    const none = { aprPct: null, sharpe: null, sortino: null, calmar: null, maxDrawdownPct: null };
    expect(returnNumbers(unknown)).toEqual({ ...none, days: 2, maxDrawdownUsd: '10', maxDrawdownDays: 2 });
  });

  test('a deposit is no profit: it changes only what later profits are measured by', () => {
    const before = { day: 0, netUsd: '10', equityUsd: '1000' };
    const after = { day: DAY_MS, netUsd: '10', equityUsd: '100000' };
    const { aprPct: apr, maxDrawdownPct } = returnNumbers([before, after]);
    expect(apr).toBeCloseTo(((0.01 + 0.0001) / 2) * 365 * 100, 9);
    expect(maxDrawdownPct).toBe(0);
  });

  test('days without a reading take the one before, the first days the one after', () => {
    const earned = [
      { day: 0, netUsd: '1' },
      { day: 3 * DAY_MS, netUsd: '1.5' },
      { day: 3 * DAY_MS, netUsd: '0.5' },
    ];
    const readings = [
      { account: 'a', day: DAY_MS, equityUsd: '50' },
      { account: 'b', day: 2 * DAY_MS, equityUsd: '7' },
      { account: 'b', day: 3 * DAY_MS, equityUsd: '8' },
    ];
    const days = dayResults(earned, readings, { from: 0, to: 3 * DAY_MS });
    expect(days.map(({ equityUsd }) => equityUsd)).toEqual(['57', '57', '57', '58']);
    expect(days.map(({ netUsd }) => netUsd)).toEqual(['1', '0', '0', '2']);
  });

  test('a window of thirty days has today and 29 days before', () => {
    const now = Date.UTC(2026, 2, 31, 23, 59);
    expect(startOfWindow('30d', now)).toBe(Date.UTC(2026, 2, 2));
    expect(startOfWindow('all', now)).toBe(0);
  });
});

describe('drawdown', () => {
  test('agrees with the reference in USD and as a share, which may be two different falls', () => {
    const { freqtrade, startingBalance, trades } = reference;
    const curve = curveOf(
      startingBalance,
      trades.map(([, , profit]) => profit),
    );
    expect(Number(maxDrawdown(curve).fall)).toBeCloseTo(freqtrade.max_drawdown_abs, 6);
    expect(maxDrawdownShare(curve.map(Number))).toBeCloseTo(freqtrade.max_drawdown_account, 9);
    const two = curveOf(1000, [0, -500, 500, 10_000, -1000]);
    expect([Number(maxDrawdown(two).fall), maxDrawdownShare(two.map(Number))]).toEqual([1000, 0.5]);
    const fact = factOf('test_calculate_max_drawdown2');
    const long = curveOf(fact?.starting_balance ?? 0, fact?.daily_profits ?? []);
    expect(Number(maxDrawdown(long).fall)).toBeCloseTo(fact?.drawdown_abs ?? 0, 6);
  });

  test('the longest wait runs until the peak is reached again, or to the end', () => {
    expect(maxDrawdown(['0', '5', '3', '4', '5', '6']).steps).toBe(2);
    expect(maxDrawdown(['0', '-1', '-2']).steps).toBe(2);
    expect(maxDrawdown([])).toEqual({ fall: '0', steps: 0 });
  });

  test('never exceeds what was there to fall, and is 0 for a curve that only rises', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 1_000_000 }), { minLength: 1 }), (values) => {
        const { fall, steps } = maxDrawdown(values.map(String));
        const isRising = values.every((value, index) => index === 0 || value >= (values[index - 1] ?? 0));
        expect(Number(fall)).toBeLessThanOrEqual(Math.max(...values) - Math.min(...values));
        expect(Number(fall) === 0).toBe(isRising);
        expect(steps).toBeLessThan(values.length);
        expect(maxDrawdownShare(values)).toBeLessThan(1);
      }),
    );
  });
});

describe('impact', () => {
  const all = { trades: 200, wins: 100, netUsd: '2000' };

  test('one lucky trade counts little, many trades count for themselves', () => {
    const lucky = impactOf({ trades: 1, wins: 1, netUsd: '500' }, all);
    const steady = impactOf({ trades: 150, wins: 100, netUsd: '4500' }, all);
    expect(lucky.impactUsd).toBe('500');
    expect(Number(lucky.shrunkImpactUsd)).toBeLessThan(Number(steady.shrunkImpactUsd));
  });

  test('a source without trades has none, and the average as its estimate', () => {
    const impact = impactOf({ trades: 0, wins: 0, netUsd: '0' }, all);
    expect(impact).toMatchObject({ winRate: null, averageUsd: null, impactUsd: null, shrunkImpactUsd: '5' });
    expect(impactOf(impact, { trades: 0, wins: 0, netUsd: '0' }).shrunkImpactUsd).toBe('0');
  });

  test('the average source keeps its value, however many trades it has', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000 }), (tens) => {
        const source = { trades: tens * 10, wins: tens * 5, netUsd: String(tens * 100) };
        expect(impactOf(source, all).shrunkImpactUsd).toBe('5');
      }),
    );
    expect(SHRINKAGE_TRADES).toBe(20);
  });
});

test('a mean lies between the worst and the best, and net is the sum', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -10_000, max: 10_000 }), { minLength: 1 }), (profits) => {
      const { expectancyUsd, winRate } = tradeNumbers(sumsOf(profits));
      expect(Number(expectancyUsd)).toBeGreaterThanOrEqual(Math.min(...profits) - 1e-9);
      expect(Number(expectancyUsd)).toBeLessThanOrEqual(Math.max(...profits) + 1e-9);
      expect(winRate).toBe(profits.filter((profit) => profit > 0).length / profits.length);
    }),
  );
});

test('every number of a performance is in the list, and the list is in order', () => {
  const money = { grossUsd: '0', feesUsd: '0', fundingUsd: '0', netUsd: '0', volumeUsd: '0' };
  expect(Object.keys(METRICS)).toEqual(
    expect.arrayContaining(Object.keys(performanceOf(money, NO_TRADES, []))),
  );
  for (const { unit, span, formula, sentence } of Object.values(METRICS)) {
    expect(METRIC_UNITS).toContain(unit);
    expect(METRIC_SPANS).toContain(span);
    expect(formula).not.toBe('');
    expect(sentence).toMatch(/^[A-Z].*\.$/);
  }
});
