import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createRandom } from '../random.ts';
import { loadInputs, type LoadedInputs } from '../run-backtest.ts';
import { parseSettings } from '../settings/parse-settings.ts';
import type { Settings } from '../settings/settings.ts';
import { betterThan, deflatedSharpe } from './deflated-sharpe.ts';
import { jitteredDelays, monteCarlo } from './monte-carlo.ts';
import { normalBelow, normalQuantile } from './normal.ts';
import { gridOf, parseAxis, randomPoints, settingsAt } from './parameters.ts';
import { runTrial } from './run-trial.ts';
import { edgesOf, search } from './search.ts';
import { createTrialPool } from './trial-pool.ts';
import { windowsOf } from './walk-forward.ts';

const START = Date.UTC(2024, 0, 1);
const MINUTE_MS = 60_000;
const MINUTES = 2_500;

let folder: string;
let loaded: LoadedInputs;
let settings: Settings;

/** A walk of minutes from a seed, with a long or a short every 50 of them. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backtest-search-'));
  const [posts, file] = [join(folder, 'posts.jsonl'), join(folder, 'btc.csv')];
  const random = createRandom(3);
  let price = 100;
  const rows = Array.from({ length: MINUTES }, (_, minute) => {
    const open = price;
    price *= 1 + (random() - 0.5) / 150;
    const [high, low] = [Math.max(open, price) * 1.0005, Math.min(open, price) * 0.9995];
    return [START + minute * MINUTE_MS, ...[open, high, low, price].map((each) => each.toFixed(3))].join();
  });
  await writeFile(file, ['timestamp,open,high,low,close', ...rows].join('\n'));
  const calls = Array.from({ length: MINUTES / 50 - 1 }, (_, index) =>
    JSON.stringify({
      id: `s${index}`,
      instrument: 'BTC',
      side: index % 2 === 0 ? 'long' : 'short',
      postedAt: START + (index * 50 + 10) * MINUTE_MS,
    }),
  );
  await writeFile(posts, calls.join('\n'));
  const parsed = parseSettings({
    again: true,
    agent: { barriers: { stopLoss: { pct: 2 }, trailing: [{ activatesAtPct: 0, distancePct: 1 }] } },
  });
  if (!parsed.ok) throw new Error(parsed.problem.message);
  settings = parsed.settings;
  loaded = await loadInputs({ posts, prices: [{ file, symbol: 'BTC' }] });
});
afterAll(() => rm(folder, { recursive: true }));

test('the normal distribution is that of the tables', () => {
  expect(normalBelow(1.959_964)).toBeCloseTo(0.975, 6);
  expect(normalBelow(-1)).toBeCloseTo(0.158_655_25, 6);
  expect(normalQuantile(0.99)).toBeCloseTo(2.326_348, 4);
});

test('the deflated Sharpe ratio is that of the example in the paper', () => {
  // Bailey and Lopez de Prado (2014), "A numerical example": yearly Sharpe 2.5 of 1,250 days (250 a year), skewness -3,
  // kurtosis 10, 100 trials whose yearly Sharpe ratios have a variance of 1/2; it comes to 0.9004.
  const expectedBest =
    Math.sqrt(0.5 / 250) *
    ((1 - 0.577_215_664_9) * normalQuantile(1 - 1 / 100) +
      0.577_215_664_9 * normalQuantile(1 - 1 / (100 * Math.E)));
  expect(expectedBest).toBeCloseTo(0.1132, 4);
  const moments = { count: 1250, sharpe: 2.5 / Math.sqrt(250), skewness: -3, kurtosis: 10 };
  expect(betterThan(moments, expectedBest).probability).toBeCloseTo(0.9004, 3);
});

test('the best of many trials without skill is not called skill', () => {
  const random = createRandom(5);
  const trials = Array.from({ length: 200 }, () => Array.from({ length: 250 }, () => random() - 0.5));
  const sharpeOf = (values: readonly number[]): number => {
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    return (
      mean / Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1))
    );
  };
  const sharpes = trials.map(sharpeOf);
  const best = trials[sharpes.indexOf(Math.max(...sharpes))] ?? [];
  expect(
    betterThan({ count: 250, sharpe: sharpeOf(best), skewness: 0, kurtosis: 1.8 }, 0).probability,
  ).toBeGreaterThan(0.99);
  expect(deflatedSharpe(best, sharpes)?.probability).toBeLessThan(0.9);
  expect([deflatedSharpe(best, [1]), deflatedSharpe([0.1, 0.1, 0.1], sharpes)]).toEqual([null, null]);
});

test('axes are read as lists and ranges, and nothing else', () => {
  expect(parseAxis('stop=3,1,2,2')).toEqual({ name: 'stop', values: [1, 2, 3] });
  expect(parseAxis('trail=0.1..0.5:0.1').values).toEqual([0.1, 0.2, 0.3, 0.4, 0.5]);
  for (const text of ['stop', 'stop=', 'stop=1,x', 'speed=1', 'stop=5..1:1', 'stop=1..5:0', 'stop=-1'])
    expect(() => parseAxis(text)).toThrow('--vary');
});

test('a grid has every combination, and points at random are distinct and repeat by their seed', () => {
  const axes = [parseAxis('stop=1,2,3'), parseAxis('target=1..10:1')];
  expect(gridOf(axes)).toHaveLength(30);
  const drawn = randomPoints(axes, 12, 4);
  expect(new Set(drawn.map((point) => JSON.stringify(point))).size).toBe(12);
  expect(randomPoints(axes, 12, 4)).toEqual(drawn);
  expect(randomPoints(axes, 12, 5)).not.toEqual(drawn);
  expect(randomPoints(axes, 99, 4)).toEqual(gridOf(axes));
  expect(edgesOf({ stop: 1, target: 5 }, axes)).toEqual(['stop 1']);
});

test('a searched part of the exits holds for every trade', () => {
  const { agent } = settingsAt(settings, { stop: 3, target: 4, hours: 2, risk: 1 });
  expect(agent.barriers).toMatchObject({
    stopLoss: { pct: 3 },
    takeProfits: [{ pct: 4, fraction: 1 }],
    timeLimitMs: 7_200_000,
    always: ['stopLoss', 'takeProfits', 'timeLimitMs'],
  });
  expect(agent.sizeModel).toEqual({ mode: 'riskPercent', percent: 1 });
});

test('threads come to what one thread comes to, and each trial to what a run of its settings comes to', async () => {
  const jobs = gridOf([parseAxis('stop=0.5,2'), parseAxis('trail=0.4,0.6,1,2')]).map((point) => ({
    point,
    window: null,
  }));
  const [alone, threads] = [createTrialPool(loaded, settings, 1), createTrialPool(loaded, settings, 2)];
  const told: number[] = [];
  const trials = await threads.run(jobs, (done) => told.push(done));
  await threads.close();
  expect(trials).toEqual(await alone.run(jobs));
  expect(told.at(-1)).toBe(8);
  expect(new Set(trials.map(({ netUsd }) => netUsd)).size).toBeGreaterThan(3);
  const [first] = trials;
  expect(first).toEqual(
    runTrial(loaded, settingsAt(settings, jobs[0]!.point), { point: jobs[0]!.point, window: null }),
  );
});

test('a time to choose by sees no price after its end', () => {
  const to = START + 1_500 * MINUTE_MS;
  const window = { from: START, to, isClosed: true };
  const series = [...loaded.series].map(([symbol, each]) => {
    const otherwise = (column: Float64Array) =>
      column.map((price, index) => ((each.times[index] ?? 0) >= to ? price * 50 : price));
    const [open, high, low, close] = [each.open, each.high, each.low, each.close].map(otherwise);
    return [symbol, { ...each, open: open!, high: high!, low: low!, close: close! }] as const;
  });
  const known = runTrial(loaded, settings, { point: {}, window });
  expect(known.trades).toBeGreaterThan(10);
  expect(runTrial({ ...loaded, series: new Map(series) }, settings, { point: {}, window })).toEqual(known);
});

test('times to choose by and to try follow each other without a gap', () => {
  const windows = windowsOf({ from: 0, to: 699 }, 4);
  expect(windows.map(({ test: { from, to } }) => [from, to])).toEqual([
    [300, 400],
    [400, 500],
    [500, 600],
    [600, 700],
  ]);
  for (const { train, test: tried } of windows)
    expect([train.to, train.to - train.from]).toEqual([tried.from, 300]);
});

test('a search ranks, deflates, walks forward and warns of edges', async () => {
  const pool = createTrialPool(loaded, settings, 1);
  const request = {
    axes: [parseAxis('stop=0.5,1'), parseAxis('trail=0.3,0.6')],
    random: null,
    objective: 'net' as const,
    folds: 2,
    period: { from: START, to: START + MINUTES * MINUTE_MS },
    seed: 1,
  };
  const found = await search(pool, request);
  const worth = found.trials.map(({ worthUsd }) => worthUsd);
  expect(worth).toEqual(worth.toSorted((a, b) => b - a));
  expect(found.deflated?.trials).toBe(4);
  expect(found.walkForward?.folds).toHaveLength(2);
  expect(found.warnings.filter((warning) => warning.includes('edge'))).toHaveLength(2);
  expect(await search(pool, request)).toEqual(found);
});

test('Monte Carlo repeats by its seed, and its spreads hold what must be inside', () => {
  const random = createRandom(2);
  const nets = Array.from({ length: 200 }, () => random() * 20 - 9);
  const request = { nets, rounds: 500, skippedShare: 0.1, seed: 1, delayedNets: [1, 2, 3] };
  const result = monteCarlo(request);
  expect(monteCarlo(request)).toEqual(result);
  expect(monteCarlo({ ...request, seed: 2 })).not.toEqual(result);
  const net = nets.reduce((sum, value) => sum + value, 0);
  expect(result!.blockNet.low).toBeLessThan(net);
  expect(result!.blockNet.high).toBeGreaterThan(net);
  expect(result!.skippedNet.median).toBeCloseTo(net * 0.9, -2);
  expect(result!.reshuffledDrawdown.low).toBeLessThanOrEqual(result!.reshuffledDrawdown.high);
  expect(result).toMatchObject({ blockLength: 6, delayedNet: { low: 1, median: 2, high: 3 } });
  expect(monteCarlo({ ...request, nets: [1] })).toBeNull();
  const delays = jitteredDelays(1_000, 50, 1);
  expect(Math.min(...delays)).toBeGreaterThanOrEqual(500);
  expect(Math.max(...delays)).toBeLessThanOrEqual(2_000);
});
