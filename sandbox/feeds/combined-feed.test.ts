import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { UNIVERSE } from '../hyperliquid/market/universe.ts';
import { combinedFeed } from './combined-feed.ts';
import { csvFeed } from './csv-feed.ts';
import type { Feed } from './feed.ts';
import { generatorFeed } from './generator.ts';
import { namedReplay } from './named-replay.ts';

const market = { markets: UNIVERSE.map((spec) => ({ coin: spec.name, dex: '', spec })) };

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'combined-feed-'));
  file = join(folder, 'prices.csv');
  writeFileSync(
    file,
    `t,price\n${[1, 2, 3, 4].map((i) => `${1_700_000_000_000 + i * 1_000},${i}0\n`).join('')}`,
  );
});
afterEach(() => rmSync(folder, { recursive: true }));

const recorded = () => csvFeed({ file, coin: 'BTC', speed: 100 });
const both = () => combinedFeed(recorded(), generatorFeed({ seed: 1, speed: 100, coins: ['ETH'] }));

async function run(feed: Feed, onTick: (coin: string, px: string) => void = () => undefined) {
  const ticks: [string, string][] = [];
  await feed.run((coin, px) => {
    ticks.push([coin, px]);
    onTick(coin, px);
  });
  return ticks;
}

it('drives the other coins until the recorded prices end', async () => {
  const feed = both()(undefined, market);
  expect(feed.coins).toEqual(['BTC', 'ETH']);
  const ticks = await run(feed);
  expect(ticks[0]).toEqual(['BTC', '10']);
  expect(ticks.filter(([coin]) => coin === 'BTC').map(([, px]) => px)).toEqual(['10', '20', '30', '40']);
  expect(ticks.some(([coin]) => coin === 'ETH')).toBe(true);
});

it('holds both at the first price while paused', async () => {
  const feed = both()(undefined, market);
  const seen: string[] = [];
  const ended = run(feed, (coin) => {
    if (seen.push(coin) === 1) feed.pause();
  });
  await vi.waitUntil(() => seen.length > 0);
  // A feed that does not hold goes on within a few turns.
  await new Promise((wake) => setTimeout(wake, 30));
  expect(seen).toEqual(['BTC']);
  feed.resume();
  expect((await ended).length).toBeGreaterThan(4);
});

it('goes on where both stood', async () => {
  const feed = both()(undefined, market);
  const first = await run(feed, (_, px) => {
    if (px === '20') feed.stop();
  });
  const ticks = await run(both()(feed.position(), market));
  expect(first.at(-1)?.[1]).toBe('20');
  expect(ticks.filter(([coin]) => coin === 'BTC').at(-1)).toEqual(['BTC', '40']);
  expect(ticks.filter(([coin]) => coin === 'BTC').length).toBeLessThan(4);
});

it('a replay of another name starts over, one of the same name goes on', async () => {
  const feed = namedReplay('one', recorded())(undefined, market);
  await run(feed);
  expect(await run(namedReplay('one', recorded())(feed.position(), market))).toEqual([]);
  expect(await run(namedReplay('two', recorded())(feed.position(), market))).toHaveLength(4);
});
