import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { simulationResult } from '#domain/simulate.ts';
import * as vectors from '#tests/support/exit-vectors.ts';
import { renderBounds, renderSimulation } from '../render/simulation.ts';
import { differ, runSimulations, type SimulateInput } from './simulate.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'simulate-'));
});
afterAll(() => rm(folder, { recursive: true }));

async function simulations(policy: unknown, prices: string, input: Partial<SimulateInput> = {}) {
  const [policyFile, pricesFile] = [join(folder, 'policy.json'), join(folder, 'prices.csv')];
  await writeFile(policyFile, typeof policy === 'string' ? policy : JSON.stringify(policy));
  await writeFile(pricesFile, prices);
  const defaults = {
    policyFile,
    pricesFile,
    side: 'long',
    entry: null,
    feeBps: 0,
    paths: ['worst'],
  } as const;
  return runSimulations({ ...defaults, ...input });
}

async function files(...given: Parameters<typeof simulations>) {
  const [shown] = await simulations(...given);
  return shown;
}

const complaint = async (policy: unknown, prices: string, input: Partial<SimulateInput> = {}) => {
  const error: unknown = await files(policy, prices, input).catch((reason: unknown) => reason);
  return error instanceof Error ? error.message.replaceAll(`${folder}/`, '') : null;
};

const TICKS = 't,price,gap\n0,50000,0\n1000,52000,0\n2000,51000,0\n';

describe('simulate', () => {
  test('ticks: prints exactly the object that is promised', async () => {
    const policy = {
      takeProfits: [{ pct: 4, fraction: 0.5 }],
      trailing: [{ activatesAtPct: 0, distancePct: 1 }],
    };
    expect(simulationResult(await files(policy, TICKS))).toEqual({
      side: 'long',
      entry: { price: '50000', t: 0 },
      legs: [
        { reason: 'take_profit', price: '52000', t: 1000, fraction: 0.5 },
        { reason: 'trailing_stop', price: '51480', t: 2000, fraction: 0.5 },
      ],
      stopMoves: [{ t: 1000, price: '51480', why: 'trailing_stop' }],
      open: 0,
      pnlPct: 3.48,
    });
  });

  test('behind a trail the worst extreme first is the better end: both orders are told', async () => {
    const candles = 'timestamp,open,high,low,close\n0,100,100,100,100\n60000,100,110,100,109\n';
    const policy = { stopLoss: { pct: 5 }, trailing: [{ activatesAtPct: 1, distancePct: 2 }] };
    const [worst, best] = await simulations(policy, candles, { paths: ['worst', 'best'] });
    expect(simulationResult(worst)).toMatchObject({ legs: [], open: 1 });
    expect(best && simulationResult(best).legs).toMatchObject([{ reason: 'trailing_stop', price: '107.8' }]);
    expect(best && differ(worst, best)).toBe(true);
    expect(best && renderBounds(worst, best)).toMatch(/favourable extreme .* \+7\.8000 %, trailing_stop/u);
  });

  test('candles: the worst extreme comes before the best, so the stop goes before the target', async () => {
    const candles = [
      'timestamp,open,high,low,close,volume',
      '2022-01-01 00:00:00.000000,100,100,100,100,1',
      '2022-01-01T00:01:00Z,100,110,90,105,',
    ];
    const policy = { stopLoss: { pct: 5 }, takeProfits: [{ pct: 5, fraction: 1 }] };
    const result = simulationResult(await files(policy, candles.join('\r\n').replace(',\r', ',0\r')));
    expect(result.legs).toEqual([
      { reason: 'stop_loss', price: '95', t: Date.UTC(2022, 0, 1, 0, 1), fraction: 1 },
    ]);
  });

  test('a candle that opens beyond the stop fills at its open', async () => {
    const candles = 'timestamp,open,high,low,close\n0,100,101,99,100\n60000,90,96,89,95\n';
    const result = simulationResult(await files({ stopLoss: { pct: 5 } }, candles));
    expect(result).toMatchObject({ legs: [{ reason: 'stop_loss', price: '90', t: 60_000 }], pnlPct: -10 });
  });

  test('an entry price and fees are taken into account', async () => {
    const ticks = 't,price,gap\n0,100,0\n1,110,0\n';
    const policy = { takeProfits: [{ price: '110', fraction: 1 }] };
    const result = simulationResult(await files(policy, ticks, { entry: '100', feeBps: 10 }));
    expect(result.pnlPct).toBe(9.79);
  });

  test('what is still open does not count as profit, and people are told', async () => {
    const simulation = await files({}, TICKS, { side: 'short' });
    expect(simulationResult(simulation)).toMatchObject({ legs: [], open: 1, pnlPct: 0 });
    expect(renderSimulation(simulation)).toMatch(/still open .* 51000 .* 100 % .* -2\.0000 % so far/u);
  });

  test('a file that changes to microseconds half-way is one run of time', async () => {
    const ticks = 't,price,gap\n1735689599000,100,0\n1735689600000000,101,0\n1735689601000000,90,0\n';
    const result = simulationResult(await files({ stopLoss: { pct: 5 } }, ticks));
    expect(result).toMatchObject({
      entry: { t: Date.UTC(2024, 11, 31, 23, 59, 59) },
      legs: [{ reason: 'stop_loss', t: Date.UTC(2025, 0, 1, 0, 0, 1) }],
    });
  });

  test('bad input names file, line and field', async () => {
    const policy = '{\n "stopLoss": {"pct": 5},\n "takeProfits": [\n  {"pct": 4,\n   "fraction": 2}]}';
    const field = 'takeProfits[0].fraction';
    expect(await complaint(policy, TICKS)).toBe(
      `policy.json:5: ${field}: must be a number above 0 and at most 1`,
    );
    expect(await complaint('{\n', TICKS)).toBe('policy.json:2: is not valid JSON');
    expect(await complaint({ stopLoss: { price: '60000' } }, TICKS)).toMatch(/^policy\.json:1: stopLoss: /u);
    expect(await complaint({}, 't,price,gap\n0,abc,0\n')).toMatch(/^prices\.csv:2: price: .*"abc"$/u);
    expect(await complaint({}, 't,price,gap\n0,1,0\n1,1,yes\n')).toMatch(/^prices\.csv:3: gap: /u);
    expect(await complaint({}, 't,price,gap\n5,1,0\n4,1,0\n')).toMatch(/^prices\.csv:3: t: is earlier/u);
    expect(await complaint({}, 'time,price\n')).toMatch(
      /^prices\.csv:1: header: is "time,price"; expected /u,
    );
    expect(await complaint({}, '')).toMatch(/^prices\.csv:1: header: is missing/u);
    expect(await complaint({}, 'timestamp,open,high,low,close\n0,1,0.5,0.4,1\n')).toMatch(
      /^prices\.csv:2: high: /u,
    );
    expect(await complaint({}, TICKS, { pricesFile: join(folder, 'none.csv') })).toBe(
      'none.csv: there is no such file',
    );
    expect(await complaint({}, TICKS, { pricesFile: folder })).toMatch(/is a directory, not a file$/u);
  });

  test('a bad row after the exit is still found', async () => {
    const prices = 't,price,gap\n0,100,0\n1,90,0\n2,oops,0\n';
    expect(await complaint({ stopLoss: { pct: 5 } }, prices)).toMatch(/^prices\.csv:4: price: /u);
  });
});

describe('reference exits through the files', () => {
  const cases = [...vectors.referenceExits('table').cases, ...vectors.referenceExits('fuzz').cases].filter(
    (entry) => vectors.hasOneTarget(entry, entry.ticks),
  );

  test(`${cases.length} cases end for the same reason, at the same price and time`, async () => {
    for (const entry of cases) {
      const rows = vectors
        .convertTicks(entry.ticks)
        .map(({ t, price, gap }) => [t, price, gap ? 1 : 0].join(','));
      const prices = ['t,price,gap', ...rows].join('\n');
      const simulation = await files(vectors.convertPolicy(entry), prices, { side: entry.side });
      const [leg] = simulationResult(simulation).legs;
      expect([entry.name, leg?.reason, leg?.t]).toEqual([
        entry.name,
        vectors.convertReason(entry, entry.expected),
        entry.expected.closeTick * vectors.HOUR_MS,
      ]);
      expect(Math.abs(Number(leg?.price) / entry.expected.closeRate - 1)).toBeLessThan(1e-8);
    }
  });
});
