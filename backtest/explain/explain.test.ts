import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import picocolors from 'picocolors';
import { expect, onTestFinished, test } from 'vitest';
import { createRunEntries } from '../random-entries.ts';
import { renderExplanation } from '../render/explanation.ts';
import { relativeBarriers } from '../report/relative-barriers.ts';
import { loadInputs, prepareRun, toBacktest } from '../run-backtest.ts';
import { parseSettings } from '../settings/parse-settings.ts';
import { explainTrade, findTrade } from './explain-trade.ts';

const START = Date.UTC(2024, 0, 1);
const MINUTE_MS = 60_000;

/** Runs two longs with a trail of 1 % on a wave of minutes: each trade on its own, 1,000 USD, no costs. */
async function runWave() {
  const folder = await mkdtemp(join(tmpdir(), 'backtest-explain-'));
  onTestFinished(() => rm(folder, { recursive: true }));
  const [posts, file] = [join(folder, 'posts.jsonl'), join(folder, 'btc.csv')];
  const wave = Array.from({ length: 600 }, (_, minute) => 100 + 5 * Math.sin(minute / 40));
  const rows = wave.slice(1).map((close, minute) => {
    const open = wave[minute] ?? 100;
    const [high, low] = [Math.max(open, close) + 0.2, Math.min(open, close) - 0.2];
    return [START + minute * MINUTE_MS, open, high, low, close]
      .map((value) => Number(value.toFixed(2)))
      .join();
  });
  await writeFile(file, ['timestamp,open,high,low,close', ...rows].join('\n'));
  const call = (minute: number) => ({
    instrument: 'BTC',
    side: 'long',
    postedAt: START + minute * MINUTE_MS,
  });
  await writeFile(posts, [10, 300].map((minute) => JSON.stringify(call(minute))).join('\n'));
  const parsed = parseSettings({
    delayMs: 0,
    independent: true,
    costs: { takerBps: 0, spreadBps: 0, slippageBps: 0 },
    agent: {
      barriers: {
        stopLoss: { pct: 4 },
        trailing: [{ activatesAtPct: 0, distancePct: 1 }],
        timeLimitMs: null,
      },
      sizeModel: { mode: 'fixedNotional', notionalUsd: '1000' },
    },
  });
  if (!parsed.ok) throw new Error(parsed.problem.message);
  const settings = parsed.settings;
  const request = { posts, prices: [{ file, symbol: 'BTC' }], settings, name: null };
  const loaded = await loadInputs(request);
  return { result: toBacktest(loaded, request, 0), loaded, settings };
}

test('a trade is explained by its candles, its stops and the level that ended it', async () => {
  const { result, loaded } = await runWave();
  const trade = result.trades[0];
  const explanation = explainTrade(trade!, loaded.series.get('BTC') ?? null, result.path);
  expect(explanation.why).toContain('The stop had followed the best price');
  expect(explanation.candles[0]?.notes[0]).toBe(`entered ${trade?.size} at ${trade?.entryPrice}`);
  const last = explanation.candles.at(-1);
  expect(last?.notes.at(-1)).toContain('closed');
  expect(last!.low).toBeLessThanOrEqual(Number(trade?.exitPrice));
  expect(last!.high).toBeGreaterThanOrEqual(Number(trade?.exitPrice));
  const stops = explanation.candles.map(({ stop }) => Number(stop));
  expect(stops).toEqual(stops.toSorted((a, b) => a - b));
  const lines = renderExplanation(explanation, picocolors.createColors(false)).join('\n');
  expect(lines).not.toMatch(/NaN|undefined|null/);
});

test('a trade is found by its id, its signal or the end of either, and never guessed', async () => {
  const { result } = await runWave();
  const [first] = result.trades;
  expect(findTrade(result, first!.id)).toBe(first);
  expect(findTrade(result, first!.signalId)).toBe(first);
  expect(findTrade(result, 'BTC')).toBeNull();
  expect(findTrade(result, 'other')).toBeNull();
});

test("entries at the moments of the run's own trades come to what the trades came to", async () => {
  const { result, loaded, settings } = await runWave();
  const runEntries = createRunEntries(prepareRun(loaded, settings), settings);
  const nets = runEntries(
    result.trades.map(({ symbol, venue, side, enteredAt, barriers }) => ({
      symbol,
      venue,
      side,
      at: enteredAt,
      entryUsd: 1000,
      barriers,
    })),
  );
  expect([...nets]).toEqual(result.trades.map(({ netUsd }) => Number(netUsd)));
  expect(result.trades.length).toBeGreaterThan(0);
});

test('levels that are prices keep their distance at another entry', () => {
  const barriers = {
    stopLoss: { price: '95' },
    takeProfits: [
      { price: '110', fraction: 0.5 },
      { pct: 20, fraction: 0.5 },
    ],
    timeLimitMs: 1,
  };
  expect(relativeBarriers(barriers, { side: 'long', entryPrice: '100' })).toEqual({
    stopLoss: { pct: 5 },
    takeProfits: [
      { pct: 10, fraction: 0.5 },
      { pct: 20, fraction: 0.5 },
    ],
    timeLimitMs: 1,
  });
  const short = { stopLoss: { price: '105' }, takeProfits: [{ price: '90', fraction: 1 }] };
  expect(relativeBarriers(short, { side: 'short', entryPrice: '100' })).toEqual({
    stopLoss: { pct: 5 },
    takeProfits: [{ pct: 10, fraction: 1 }],
  });
});
