import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { HOUR_MS } from '#domain/metrics/windows.ts';
import { amount, sum } from '#domain/money.ts';
import { createRandom } from '../random.ts';
import { sampleResult } from '../testing.ts';
import { bootstrap } from './bootstrap.ts';
import { createReport } from './report.ts';
import { GROUP_NAMES } from './groups.ts';

const report = (trades: number, seed = 1) => createReport(sampleResult({ trades, seed }), { seed: 7 });

test('the totals are the exact sums of the trades, and lead from the capital to the last equity', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 200 }), fc.integer(), (trades, seed) => {
      const result = sampleResult({ trades, seed });
      const { totals } = createReport(result, { seed });
      const all = [...result.trades, ...result.open];
      for (const name of ['grossUsd', 'feesUsd', 'fundingUsd', 'netUsd'] as const) {
        expect(amount(totals[name]).toFixed(8)).toBe(sum(all.map((trade) => trade[name])).toFixed(8));
      }
      const end = amount(result.capitalUsd).add(totals.netUsd).add(totals.unrealizedUsd);
      expect(end.toFixed(6)).toBe(amount(totals.equityUsd).toFixed(6));
    }),
    { numRuns: 30 },
  );
});

test('every way of grouping holds every closed trade once', () => {
  const { groups, totals, open } = report(500);
  const closed = amount(totals.netUsd).sub(sum(open.map(({ netUsd }) => netUsd)));
  for (const name of GROUP_NAMES) {
    expect(groups[name].reduce((count, { trades }) => count + trades, 0)).toBe(500);
    expect(sum(groups[name].map(({ netUsd }) => netUsd)).toFixed(6)).toBe(closed.toFixed(6));
  }
  expect(groups.weekday.map(({ key }) => key).slice(0, 2)).toEqual(['Monday', 'Tuesday']);
  expect(groups.hour.map(({ key }) => key)).toEqual(groups.hour.map(({ key }) => key).toSorted());
});

test('a seed repeats a report, and another one changes only what is drawn', () => {
  const result = sampleResult({ trades: 100 });
  const [first, again, other] = [3, 3, 4].map((seed) => createReport(result, { seed }));
  expect(again).toEqual(first);
  expect(other?.interval).not.toEqual(first?.interval);
  expect(other?.totals).toEqual(first?.totals);
});

test('few trades, exits that depend on the order, and findings of the checks are warned of', () => {
  const { warnings } = report(10);
  expect(warnings[0]).toContain('Only 10 closed trades');
  expect(warnings[1]).toContain('may be chance');
  expect(warnings.at(-1)).toContain('checks of the data');
  expect(report(500).warnings.join('\n')).toContain('depend on the unknown order of prices inside a candle');
});

test('a run without trades has a report without numbers that mean nothing', () => {
  const { totals, interval, groups, warnings, distribution, random } = report(0);
  expect(totals).toMatchObject({ trades: 0, winRate: null, profitFactor: null, sqn: null, capture: null });
  expect([interval, random, distribution, groups.source]).toEqual([null, null, [], []]);
  expect(warnings[0]).toBe('Only 0 closed trades: below 30, numbers say next to nothing.');
});

test('the interval holds the mean of the row it is drawn from in about 95 of 100 samples', () => {
  const random = createRandom(11);
  const hits = Array.from({ length: 100 }, (_, seed) => {
    const values = Float64Array.from({ length: 40 }, () => random() + random() - 1);
    const { low = 1, high = -1 } = bootstrap(values, seed)?.expectancyUsd ?? {};
    return low <= 0 && high >= 0;
  }).filter(Boolean).length;
  expect(hits).toBeGreaterThanOrEqual(88);
});

test('double costs take away what the costs took, and entries at random moments are drawn within the prices', () => {
  const result = sampleResult({ trades: 50 });
  const seen: number[] = [];
  const { costs, random } = createReport(result, {
    seed: 1,
    runEntries: (entries) => {
      seen.push(...entries.map(({ at }) => at));
      return Float64Array.from(entries, () => -1);
    },
  });
  const [none, own, double] = costs.map(({ netUsd }) => Number(netUsd));
  expect((none ?? 0) - (own ?? 0)).toBeCloseTo((own ?? 0) - (double ?? 0), 6);
  expect(own).toBeGreaterThan(double ?? 0);
  expect(Math.min(...seen)).toBeGreaterThanOrEqual(result.period.from);
  expect(Math.max(...seen)).toBeLessThanOrEqual(result.period.to + HOUR_MS);
  const drawn = result.trades.filter(({ symbol, venue }) =>
    result.instruments.some((each) => each.symbol === symbol && each.venue === venue),
  ).length;
  expect(random).toMatchObject({ rounds: 200, medianUsd: -drawn, lowUsd: -drawn });
});
