import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startHyperliquidSandbox } from '../hyperliquid/server.ts';
import { CsvFeed, csvFeed } from './csv-feed.ts';
import { readPrices } from './csv.ts';
import type { PriceRow } from './csv.ts';
import { GeneratorFeed, generatorFeed } from './generator.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'prices-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function fileOf(...lines: string[]): string {
  const file = join(folder, 'prices.csv');
  writeFileSync(file, `${lines.join('\n')}\n`);
  return file;
}

async function rowsOf(file: string): Promise<PriceRow[]> {
  const rows: PriceRow[] = [];
  for await (const row of readPrices(file)) rows.push(row);
  return rows;
}

describe('price files', () => {
  it('of candles give four prices each, the extreme against the close first', async () => {
    const file = fileOf(
      'timestamp,open,high,low,close,volume',
      '2021-12-31 23:01:00.000000,46319.0,46385.0,46319.0,46377.0,1',
      '2021-12-31 23:02:00.000000,46377.0,46411.0,46300.0,46310.0,2',
    );
    expect(await rowsOf(file)).toEqual([
      { timeMs: Date.UTC(2021, 11, 31, 23, 1), prices: ['46319.0', '46319.0', '46385.0', '46377.0'] },
      { timeMs: Date.UTC(2021, 11, 31, 23, 2), prices: ['46377.0', '46411.0', '46300.0', '46310.0'] },
    ]);
  });

  it('of ticks give the price or the middle of bid and ask, in any form of time', async () => {
    expect(await rowsOf(fileOf('timestamp,price', '1640991660,5.5', '1640991660500,5.6'))).toEqual([
      { timeMs: 1_640_991_660_000, prices: ['5.5'] },
      { timeMs: 1_640_991_660_500, prices: ['5.6'] },
    ]);
    expect(
      await rowsOf(fileOf('timestamp,bid,ask', '2013-01-01 22:00:00.295000+00:00,86.655,86.728')),
    ).toEqual([{ timeMs: Date.UTC(2013, 0, 1, 22, 0, 0, 295), prices: ['86.6915'] }]);
  });

  it.each([
    [['timestamp,open,high,low,close', '2020-01-01,1,2,x,1'], ':2: low: "x" is not a positive decimal'],
    [['timestamp,open,high,low,close', '2020-01-01,1,2'], ':2: low: is missing'],
    [
      ['timestamp,open,high,low,close', '2020-01-01,3,2,1,1'],
      ':2: high: 2 is below another price of its candle',
    ],
    [['timestamp,price', 'yesterday,1'], ':2: timestamp: "yesterday" is not a time'],
    [['when,price', '1,1'], ':1: header: needs a column timestamp or time or t'],
    [['timestamp,close', '1,1'], ':1: header: needs open,high,low,close or price or bid,ask'],
    [['timestamp,price'], ':1: file: holds no prices'],
  ])('%j are refused by line and field', async (lines, problem) => {
    const file = fileOf(...lines);
    await expect(rowsOf(file)).rejects.toThrow(`${file}${problem}`);
  });
});

it('a replay sets every price in order, ends, and says where it stood', async () => {
  const file = fileOf(
    'timestamp,price',
    ...Array.from({ length: 1_000 }, (_, i) => `${1_640_991_660 + i},${100 + i}`),
  );
  const feed = new CsvFeed({ file, coin: 'BTC', speed: 1_000_000, startRow: 10 });
  const seen: string[] = [];
  await feed.run((coin, px) => seen.push(`${coin} ${px}`));
  expect(seen).toEqual(Array.from({ length: 990 }, (_, i) => `BTC ${110 + i}`));
  expect(feed.position()).toEqual({ row: 1_000 });
});

it('a sandbox starts at the first price of its file and can wait there', async () => {
  const file = fileOf('timestamp,price', '1640991660,100', '1640991720,200', '1640991780,300');
  const sandbox = await startHyperliquidSandbox({
    feed: csvFeed({ file, coin: 'BTC', speed: 1_000_000 }),
    startPaused: true,
  });
  expect(sandbox.state().marks['BTC']).toBe('100.0');
  sandbox.control({ type: 'resumePrices' });
  await sandbox.pricesEnded;
  expect(sandbox.state()).toMatchObject({ marks: { BTC: '300.0' }, pricesEnded: true, priceError: null });
  await sandbox.close();
});

it('a bad line in the middle ends the prices with its error, and not the sandbox', async () => {
  const file = fileOf('timestamp,price', '1640991660,100', '1640991661,zero');
  const sandbox = await startHyperliquidSandbox({ feed: csvFeed({ file, coin: 'BTC', speed: 1_000 }) });
  await expect(sandbox.pricesEnded).rejects.toThrow(':3: price: "zero" is not a positive decimal');
  expect(sandbox.state().priceError).toContain(':3: price');
  await sandbox.close();
});

describe('generated prices', () => {
  const coins = [{ coin: 'BTC', basePx: '100000', decimals: 1 }];
  const series = async (seed: number, ticks: number): Promise<number[]> => {
    const prices: number[] = [];
    await new GeneratorFeed({ seed, coins, ticks, speed: 1e9 }).run((_, px) => prices.push(Number(px)));
    return prices;
  };

  it('are the same for the same seed and go on where they stood', async () => {
    const whole = await series(7, 200);
    expect(await series(7, 200)).toEqual(whole);
    expect(await series(8, 200)).not.toEqual(whole);
    const half = new GeneratorFeed({ seed: 7, coins, ticks: 100, speed: 1e9 });
    await half.run(() => undefined);
    const rest: number[] = [];
    const resumed = new GeneratorFeed({ seed: 7, coins, ticks: 200, speed: 1e9, resume: half.position() });
    await resumed.run((_, px) => rest.push(Number(px)));
    expect(rest).toEqual(whole.slice(100));
  });

  it('move by a demo-sized share within half a minute and stay around their base', async () => {
    const prices = await series(1, 6_000);
    const windows = Array.from({ length: 20 }, (_, i) => prices.slice(i * 300, (i + 1) * 300));
    const ranges = windows.map((window) => (Math.max(...window) / Math.min(...window) - 1) * 100);
    expect(Math.min(...ranges)).toBeGreaterThan(0.3);
    expect(Math.max(...ranges)).toBeLessThan(10);
    expect(prices.every((px) => px > 70_000 && px < 140_000)).toBe(true);
  });

  it('drive every coin of a sandbox', async () => {
    const sandbox = await startHyperliquidSandbox({ feed: generatorFeed({ seed: 3 }) });
    const before = sandbox.state().marks;
    await expect.poll(() => sandbox.state().marks['SUI']).not.toBe(before['SUI']);
    await sandbox.close();
  });
});
