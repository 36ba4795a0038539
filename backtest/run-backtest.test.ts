import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { deflateRawSync, zstdCompressSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { runBacktest } from './run-backtest.ts';
import type { BacktestResult } from './result.ts';
import { parseSettings } from './settings/parse-settings.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'backtest-'));
});
afterAll(() => rm(folder, { recursive: true }));

const START = Date.UTC(2024, 0, 1);
const MINUTE_MS = 60_000;
const FREE = { takerBps: 0, spreadBps: 0, slippageBps: 0 };
/** A bare agent: nothing but what a call names. */
const BARE = { breakEven: null, trailing: null, timeLimitMs: null };
const SETTINGS = {
  delayMs: 0,
  costs: FREE,
  agent: { barriers: BARE, sizeModel: { mode: 'fixedNotional', notionalUsd: '1000' } },
  instruments: { BTC: { tick: '0.01', lot: '0.001' }, ETH: { tick: '0.01', lot: '0.001' } },
};

type Quad = [open: number, high: number, low: number, close: number];

const minutes = (quads: readonly Quad[], from = START, stepMs = MINUTE_MS): string =>
  ['timestamp,open,high,low,close', ...quads.map((quad, at) => [from + at * stepMs, ...quad].join(','))].join(
    '\n',
  );

const signal = (minute: number, fields: object) =>
  JSON.stringify({ postedAt: START + minute * MINUTE_MS, symbol: 'BTC', side: 'long', ...fields });

const flat = (price: number, count: number): Quad[] =>
  Array.from({ length: count }, () => [price, price, price, price]);

interface Given {
  posts: string[];
  prices: string | Buffer | Record<string, string>;
  settings?: object;
}

async function backtest({ posts, prices, settings = {} }: Given): Promise<BacktestResult> {
  const parsed = parseSettings({ ...SETTINGS, ...settings });
  if (!parsed.ok) throw new Error(`${parsed.problem.field}: ${parsed.problem.message}`);
  const files = typeof prices === 'string' || Buffer.isBuffer(prices) ? { BTC: prices } : prices;
  const postsFile = join(folder, 'posts.jsonl');
  await writeFile(postsFile, posts.join('\n'));
  const written = Object.entries(files).map(async ([symbol, content]) => {
    const file = join(folder, `${symbol}.csv`);
    await writeFile(file, content);
    return { file, symbol };
  });
  return runBacktest({
    posts: postsFile,
    prices: await Promise.all(written),
    settings: parsed.settings,
    name: null,
  });
}

const complaint = async (given: Given): Promise<string> => {
  const error: unknown = await backtest(given).catch((reason: unknown) => reason);
  return error instanceof Error ? error.message.replaceAll(`${folder}/`, '') : 'none';
};

const brief = ({ trades }: BacktestResult) =>
  trades.map(({ side, entryPrice, exitReason, exitPrice, netUsd }) => [
    side,
    entryPrice,
    exitReason,
    exitPrice,
    netUsd,
  ]);

const codes = ({ refusals }: BacktestResult) => refusals.map(({ signalId, code }) => [signalId, code]);

describe('a run', () => {
  test('enters at the first print after the delay, exits at the level, and pays for everything to the last cent', async () => {
    const prices = minutes([...flat(100, 2), [100, 100, 100, 100], [100, 111, 100, 110], ...flat(110, 3)]);
    const barriers = { stopLoss: { pct: 5 }, takeProfits: [{ pct: 10, fraction: 1 }] };
    const costs = { takerBps: 5, spreadBps: 2, slippageBps: 4 };
    const result = await backtest({
      posts: [signal(0.5, { id: 'one', barriers })],
      prices,
      settings: { delayMs: 31_000, costs },
    });
    const [trade] = result.trades;
    expect(trade).toMatchObject({
      signalId: 'one',
      decidedAt: START + 61_000,
      decisionPrice: '100',
      enteredAt: START + 2 * MINUTE_MS,
      entryPrice: '100.05',
      size: '10',
      firstStop: '95.05',
      exits: [
        // 110.06 is touched, and half of the spread is lost there.
        {
          reason: 'take_profit',
          t: START + 3 * MINUTE_MS,
          price: '110.048994',
          size: '10',
          feeUsd: '0.550245',
        },
      ],
      feesUsd: '1.050495',
      slippageUsd: '0.61006',
      grossUsd: '99.98994',
      netUsd: '98.939445',
    });
    expect(result.equity.at(0)).toMatchObject({ cashUsd: 10_000 });
    expect(result.equity.at(-1)).toMatchObject({ cashUsd: 10_098.939445, openTrades: 0 });
  });

  test('one clock: what is open elsewhere takes the places, and frees them when its candle is over', async () => {
    const barriers = { stopLoss: { pct: 5 } };
    const prices = {
      BTC: minutes([...flat(100, 2), [100, 100, 94, 96], ...flat(96, 5)]),
      ETH: minutes(flat(10, 8)),
    };
    const eth = (minute: number, id: string) =>
      signal(minute, { id, symbol: 'ETH', side: 'short', barriers });
    const result = await backtest({
      posts: [signal(0, { id: 'a', barriers }), eth(2, 'in the candle'), eth(3, 'after it')],
      prices,
      settings: { deployment: { maxOpenPositions: 1 } },
    });
    expect(codes(result)).toEqual([['in the candle', 'limit_reached']]);
    expect(brief(result)).toEqual([['long', '100', 'stop_loss', '95', '-50']]);
    expect(result.open).toMatchObject([{ signalId: 'after it', symbol: 'ETH', openSize: '100' }]);
  });

  test('says of each trade how it would have ended the other way', async () => {
    const barriers = { stopLoss: { pct: 5 }, takeProfits: [{ pct: 10, fraction: 1 }] };
    const prices = minutes([...flat(100, 2), [100, 111, 94, 100], ...flat(100, 2)]);
    const result = await backtest({ posts: [signal(0, { barriers })], prices });
    expect(result.trades).toMatchObject([
      {
        exitReason: 'stop_loss',
        netUsd: '-50',
        dependsOnOrder: true,
        bounds: {
          worst: { reason: 'stop_loss', netUsd: '-50' },
          best: { reason: 'take_profit', netUsd: '100' },
        },
      },
    ]);
    expect(result.bounds).toMatchObject({ worst: { netUsd: '-50' }, best: { netUsd: '100' } });
  });

  test('funding is paid at each full hour, and shorts receive what longs pay', async () => {
    const posts = [
      signal(0, { id: 'long', barriers: { stopLoss: { pct: 50 } } }),
      signal(0, { id: 'short', symbol: 'ETH', side: 'short', barriers: { stopLoss: { pct: 50 } } }),
    ];
    const result = await backtest({
      posts,
      prices: { BTC: minutes(flat(100, 150)), ETH: minutes(flat(10, 150)) },
      settings: { costs: { ...FREE, fundingBpsPerHour: 1 } },
    });
    expect(result.open.map(({ signalId, fundingUsd }) => [signalId, fundingUsd])).toEqual([
      ['long', '-0.2'],
      ['short', '0.2'],
    ]);
  });

  test('every line that is not traded is there with its reason', async () => {
    const post = (id: string, text: string, more: object = {}) =>
      JSON.stringify({
        id,
        author: '@a',
        text,
        postedAt: new Date(START + MINUTE_MS).toISOString(),
        ...more,
      });
    const result = await backtest({
      posts: [
        post('words', 'gm, coffee first'),
        post('taken', 'Long BTC, stop 5%'),
        post('again', 'Long BTC, stop 5%'),
        post('other', 'Long SOL, stop 5%'),
        post('edited', 'Short BTC, stop 5%', { editedAt: START + MINUTE_MS }),
        post('deleted', 'Short BTC, stop 5%', { deletedAt: START + MINUTE_MS }),
        signal(900, { id: 'late' }),
        signal(2, { id: 'unsure', side: 'short', confidence: 0.2 }),
        signal(3, { id: 'far', side: 'short', entry: '120' }),
      ],
      prices: minutes(flat(100, 30)),
    });
    expect(codes(result)).toEqual([
      ['words', 'no_idea'],
      ['other', 'no_prices'],
      ['edited', 'edited_before_read'],
      ['deleted', 'message_deleted'],
      ['again', 'duplicate_signal'],
      ['unsure', 'low_confidence'],
      ['far', 'drifted'],
      ['late', 'prices_ended'],
    ]);
    expect(result.open.map(({ signalId }) => signalId)).toEqual(['taken']);
    expect(result.findings.map(({ kind, count }) => [kind, count])).toEqual([
      ['edited_post', 1],
      ['missing_instrument', 1],
      ['coverage', 1],
      ['deleted_post', 1],
    ]);
  });

  test('equal inputs and settings have one id, whatever the files and the order of settings; others have another', async () => {
    const given = { posts: [signal(0, {})], prices: minutes(flat(100, 3)) };
    const [one, turned, other] = [
      await backtest(given),
      await backtest({ ...given, settings: { costs: { slippageBps: 0, spreadBps: 0, takerBps: 0 } } }),
      await backtest({ ...given, settings: { delayMs: 5 } }),
    ];
    expect(turned.run.id).toBe(one.run.id);
    expect(other.run.id).not.toBe(one.run.id);
  });

  test('what comes after a decision changes nothing of it', async () => {
    const wave = Array.from({ length: 400 }, (_, at): Quad => {
      const [open, close] = [
        100 + (at % 37) / 4 - (at % 11) / 2,
        100 + ((at + 1) % 37) / 4 - ((at + 1) % 11) / 2,
      ];
      return [open, Math.max(open, close) + 0.5, Math.min(open, close) - 0.5, close];
    });
    const sides = ['long', 'short'];
    const posts = Array.from({ length: 40 }, (_, at) =>
      signal(at * 9 + 0.3, {
        id: `s${at}`,
        side: sides[at % 2],
        barriers: { stopLoss: { pct: 2 }, trailing: [{ activatesAtPct: 0.5, distancePct: 1 }] },
      }),
    );
    const settings = { again: true, delayMs: 1_000 };
    const whole = await backtest({ posts, prices: minutes(wave), settings });
    const all = [...whole.trades, ...whole.open].toSorted((one, two) => one.enteredAt - two.enteredAt);
    expect(all.length).toBeGreaterThan(10);
    for (const trade of all.slice(1, 12)) {
      // The candle of the entry is known by its open alone.
      const known = wave.slice(0, (trade.enteredAt - START) / MINUTE_MS);
      const { entryPrice } = trade;
      const last = wave[known.length]?.[0] ?? Number(entryPrice);
      const cut = await backtest({ posts, prices: minutes([...known, [last, last, last, last]]), settings });
      const decided = [...cut.trades, ...cut.open].find(({ signalId }) => signalId === trade.signalId);
      expect(decided).toMatchObject({
        entryPrice,
        size: trade.size,
        firstStop: trade.firstStop,
        decidedAt: trade.decidedAt,
      });
      const before = ({ trades }: BacktestResult) =>
        trades
          .filter(({ exitedAt }) => exitedAt < trade.enteredAt)
          .map(({ signalId, netUsd, exitedAt }) => [signalId, netUsd, exitedAt]);
      expect(before(cut)).toEqual(before(whole));
    }
  });
});

describe('prices', () => {
  const posts = [signal(0, { barriers: { stopLoss: { pct: 5 } } })];
  const prices = minutes([...flat(100, 2), [100, 100, 94, 96], ...flat(96, 3)]);
  const header = 'timestamp,open,high,low,close\n';

  test.each<[string, (ms: number) => string | number]>([
    ['seconds', (ms) => ms / 1000],
    ['milliseconds', (ms) => ms],
    ['microseconds', (ms) => `${ms}000`],
    ['nanoseconds', (ms) => `${ms}000000`],
    ['ISO with a zone', (ms) => new Date(ms + 3_600_000).toISOString().replace('Z', '+01:00')],
    ['ISO without one', (ms) => new Date(ms).toISOString().replace('T', ' ').replace('Z', '')],
  ])('times in %s', async (_unit, write) => {
    const rows = prices
      .split('\n')
      .slice(1)
      .map((row) => {
        const [t, ...rest] = row.split(',');
        return [write(Number(t)), ...rest].join(',');
      });
    expect(brief(await backtest({ posts, prices: `${header}${rows.join('\n')}` }))).toEqual([
      ['long', '100', 'stop_loss', '95', '-50'],
    ]);
  });

  test('a dump without header, twelve columns, in a zip', async () => {
    const rows = prices
      .split('\n')
      .slice(1)
      .map((row) => `${row},1,${START},1,1,1,1,0`);
    expect(brief(await backtest({ posts, prices: zipOf('BTCUSDT-1m.csv', rows.join('\r\n')) }))).toEqual([
      ['long', '100', 'stop_loss', '95', '-50'],
    ]);
  });

  test.each(['SNAPPY', 'ZSTD', 'UNCOMPRESSED'] as const)('Parquet, %s', async (codec) => {
    const rows = prices
      .split('\n')
      .slice(1)
      .map((row) => row.split(',').map(Number));
    const column = (at: number) => rows.map((row) => row[at]!);
    const names = ['open', 'high', 'low', 'close'];
    const columnData = [
      { name: 'timestamp', type: 'TIMESTAMP' as const, data: column(0).map((t) => new Date(t)) },
      ...names.map((name, at) => ({ name, type: 'DOUBLE' as const, data: column(at + 1) })),
    ];
    const written = Buffer.from(parquetWriteBuffer({ columnData, ...packedBy(codec) }));
    expect(brief(await backtest({ posts, prices: written }))).toEqual([
      ['long', '100', 'stop_loss', '95', '-50'],
    ]);
    expect(await complaint({ posts, prices: written.subarray(0, 200) })).toMatch(
      /^BTC\.csv: is not a whole Parquet file/u,
    );
  });

  test('prints jump over a stop; between bid and ask lies the price', async () => {
    const rows = [
      [0, 99, 101],
      [1, 95, 96],
      [2, 90, 92],
    ].map(([s, bid, ask]) => `${START / 1000 + s!},${bid},${ask}`);
    expect(brief(await backtest({ posts, prices: `time,bid,ask\n${rows.join('\n')}` }))).toEqual([
      ['long', '100', 'stop_loss', '91', '-90'],
    ]);
  });

  test('gaps, repeated candles and a change of the unit are told', async () => {
    const rows = [
      ...prices.split('\n'),
      `${START + 5 * MINUTE_MS},96,96,96,96`,
      `${START + 5 * MINUTE_MS},97,97,97,97`,
      `${START + 60 * MINUTE_MS}000,96,96,96,96`,
    ];
    const { findings } = await backtest({ posts, prices: rows.join('\n') });
    expect(findings.map(({ kind, count, line }) => [kind, count, line])).toEqual([
      ['mixed_units', 1, 10],
      ['duplicate', 1, 9],
      ['gap', 1, null],
      ['duplicate', 1, 8],
    ]);
  });

  test.each<[string, string | Buffer, RegExp]>([
    ['a cut zip', zipOf('a.csv', prices).subarray(0, 80), /^BTC\.csv: is not a whole zip file/u],
    ['a damaged zip', damage(zipOf('a.csv', prices)), /^BTC\.csv: a\.csv: is damaged/u],
    ['no header and no numbers', 'a,b\n1,2\n', /^BTC\.csv:1: header: names no time/u],
    ['a column missing', 'time,open,high,low\n1,2,3,4\n', /^BTC\.csv:1: header: lacks close/u],
    ['an empty file', '', /^BTC\.csv:1: header: is missing/u],
    ['no rows', header, /^BTC\.csv:1: there are no prices/u],
    ['words', `${header}0,1,1,1,1\n1,x,1,1,1\n`, /^BTC\.csv:3: open: must be a positive number, not "x"/u],
    ['high below low', `${header}0,1,1,2,1\n`, /^BTC\.csv:2: high: is below the low/u],
    ['an open above the high', `${header}0,3,2,1,1\n`, /^BTC\.csv:2: high: is not the highest/u],
    ['times backwards', `${header}60000,1,1,1,1\n0,1,1,1,1\n`, /^BTC\.csv:3: time: is 1970.*earlier/u],
    ['a bad date', `${header}2024-02-30,1,1,1,1\n`, /^BTC\.csv:2: time: must be a time/u],
    ['one cell too many', `${header}0,1,1,1,1,9\n`, /^BTC\.csv:2: column 6: is one too many/u],
    [
      'a symbol of another',
      'time,symbol,price\n1,ETH,5\n',
      /^BTC\.csv:2: symbol: is "ETH"; the prices were given for BTC/u,
    ],
    [
      'units mixed so that time runs backwards',
      `${header}${START + MINUTE_MS},1,1,1,1\n${START / 1000},1,1,1,1\n`,
      /^BTC\.csv:3: time: .*units are mixed: ms, s/u,
    ],
  ])('%s is refused with its place', async (_what, bad, message) => {
    expect(await complaint({ posts, prices: bad })).toMatch(message);
  });

  test('prices of something else than the posts speak of are refused', async () => {
    const named = [signal(0, { entry: '45000', barriers: { stopLoss: { price: '44000' } } })];
    expect(await complaint({ posts: named, prices })).toMatch(
      /^BTC\.csv: are prices of something else than BTC/u,
    );
  });
});

describe('posts and settings', () => {
  const prices = minutes(flat(100, 3));

  test.each<[string, string, RegExp]>([
    ['no time', '{"author":"a","text":"Long BTC"}', /^posts\.jsonl:1: postedAt: is missing/u],
    ['no zone', '{"author":"a","text":"Long BTC","postedAt":"2024-01-01"}', /^posts\.jsonl:1: .*postedAt/u],
    ['no JSON', 'Long BTC', /^posts\.jsonl:1: is not JSON/u],
    ['no side', '{"symbol":"BTC","postedAt":1704067200000}', /^posts\.jsonl:1: side: must be long or short/u],
    [
      'a bad level',
      signal(0, { barriers: { stopLoss: { pct: 0 } } }),
      /^posts\.jsonl:1: barriers\.stopLoss\.pct/u,
    ],
    ['nothing', '', /^posts\.jsonl:1: holds no posts/u],
  ])('%s is refused with its line', async (_what, line, message) => {
    expect(await complaint({ posts: [line], prices })).toMatch(message);
  });

  test.each<[object, string]>([
    [{ capitalUsd: '0' }, 'capitalUsd'],
    [{ delayMs: 300_000 }, 'delayMs'],
    [{ deployment: { maxNotionalUsd: '20000' } }, 'deployment.maxNotionalUsd'],
    [{ costs: { slippageBps: 100, spreadBps: 10 } }, 'costs.slippageBps'],
    [{ agent: { sizeModel: { mode: 'riskPercent', notionalUsd: '5' } } }, 'agent.sizeModel'],
    [{ agent: { barriers: { stopLos: { pct: 1 } } } }, 'agent.barriers.stopLos'],
    [{ independent: true, deployment: { maxGrossUsd: '5' } }, 'independent'],
  ])('%o contradicts itself', (settings, field) => {
    expect(parseSettings(settings)).toMatchObject({ ok: false, problem: { field } });
  });
});

const packedBy = (codec: 'SNAPPY' | 'ZSTD' | 'UNCOMPRESSED') => ({
  codec,
  ...(codec === 'ZSTD' && { compressors: { ZSTD: (bytes: Uint8Array) => zstdCompressSync(bytes) } }),
});

/** Returns a zip archive of one file. */
function zipOf(name: string, content: string): Buffer {
  const packed = deflateRawSync(Buffer.from(content));
  const header = Buffer.alloc(26);
  header.writeUInt16LE(20, 0);
  header.writeUInt16LE(8, 4);
  header.writeUInt32LE(packed.length, 14);
  header.writeUInt32LE(content.length, 18);
  header.writeUInt16LE(name.length, 22);
  const local = Buffer.concat([Buffer.from('PK\u0003\u0004'), header, Buffer.from(name), packed]);
  const entry = Buffer.concat([
    Buffer.from('PK\u0001\u0002\u0014\u0000'),
    header,
    Buffer.alloc(14),
    Buffer.from(name),
  ]);
  const end = Buffer.alloc(22);
  end.write('PK\u0005\u0006', 0, 'latin1');
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(entry.length, 12);
  end.writeUInt32LE(local.length, 16);
  return Buffer.concat([local, entry, end]);
}

function damage(archive: Buffer): Buffer {
  const copy = Buffer.from(archive);
  copy.fill(0xff, 40, 60);
  return copy;
}
