import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { amount, decimalString, sum } from '#domain/money.ts';
import { direction } from '#domain/ids.ts';
import type { BacktestResult, ClosedTrade } from '../result.ts';
import { sampleResult } from '../testing.ts';
import { compareLive, type LiveTrade } from './compare-live.ts';
import { compareRuns } from './compare-runs.ts';
import { matchLive } from './match-live.ts';

const change = (result: BacktestResult, index: number, to: Partial<ClosedTrade>): BacktestResult => ({
  ...result,
  trades: result.trades.map((trade, at) => (at === index ? { ...trade, ...to } : trade)),
});

test('a run is equal to itself', () => {
  const result = sampleResult({ trades: 50 });
  expect(compareRuns(result, result)).toMatchObject({
    equalTrades: 51,
    differences: [],
    byCause: [],
    settings: [],
    isSameInput: true,
    changeUsd: '0',
  });
});

test('changes are named by their cause and add up to the change of the profit', () => {
  const first = sampleResult({ trades: 50 });
  const [later, cheaper] = [first.trades[3], first.trades[7]];
  let second = change(first, 3, {
    exits: [{ reason: 'stop_loss', t: 1, price: '9', size: '1', feeUsd: '0' }],
    netUsd: '-50',
  });
  second = change(second, 7, { feesUsd: '0', netUsd: '11' });
  second = {
    ...second,
    trades: second.trades.toSpliced(0, 1),
    run: { ...second.run, settings: { ...second.run.settings, feeBps: 0, more: { deep: 1 } } },
  };
  const comparison = compareRuns(first, second);
  expect(comparison.byCause.map(({ cause, trades }) => [cause, trades])).toEqual([
    ['exit', 1],
    ['costs', 1],
    ['only_in_first', 1],
  ]);
  expect(comparison.settings).toEqual(['feeBps: 4.5 -> 0', 'more: null -> {"deep":1}']);
  const difference = amount(comparison.second.netUsd).sub(comparison.first.netUsd);
  expect(comparison.changeUsd).toBe(decimalString(difference));
  expect(comparison.differences.find(({ what }) => what[0] === 'exit')).toMatchObject({
    signalId: later?.signalId,
    text: expect.stringContaining('against stop loss at 9, 1970-01-01T00:00:00'),
  });
  expect(comparison.differences.find(({ what }) => what[0] === 'costs')?.signalId).toBe(cheaper?.signalId);
});

test('a signal that the other run refused is told with its reason', () => {
  const first = sampleResult({ trades: 5 });
  const [trade, ...rest] = first.trades;
  const refusal = { ...first.refusals[0]!, signalId: trade!.signalId };
  const { differences } = compareRuns(first, { ...first, trades: rest, refusals: [refusal] });
  expect(differences[0]).toMatchObject({
    secondUsd: null,
    text: `not traded in the second run: ${refusal.text}`,
  });
});

const liveOf = (trade: ClosedTrade, { entry, exit, size, fees }: Record<string, number>): LiveTrade => {
  const [entryPrice, exitPrice] = [entry, exit].map((pct, index) =>
    decimalString(amount(index === 0 ? trade.entryPrice : trade.exitPrice).mul(1 + (pct ?? 0) / 10_000)),
  );
  const liveSize = decimalString(amount(trade.size).mul(1 + (size ?? 0) / 100));
  const feesUsd = decimalString(amount(trade.feesUsd).add(fees ?? 0));
  const gross = amount(exitPrice ?? '0')
    .sub(entryPrice ?? '0')
    .mul(liveSize)
    .mul(direction(trade.side));
  const { signalId, symbol, enteredAt, exitedAt, fundingUsd } = trade;
  return {
    signalId,
    symbol,
    enteredAt: enteredAt + 400,
    exitedAt,
    entryPrice: entryPrice ?? '0',
    exitPrice: exitPrice ?? '0',
    size: liveSize,
    feesUsd,
    fundingUsd,
    netUsd: decimalString(gross.sub(feesUsd).add(fundingUsd)),
  };
};

test('the gap to live trades is explained by causes to the last digit', () => {
  const shift = fc.integer({ min: -50, max: 50 });
  fc.assert(
    fc.property(fc.array(fc.record({ entry: shift, exit: shift, size: shift, fees: shift })), (shifts) => {
      const result = sampleResult({ trades: 30 });
      const live = shifts.slice(0, 30).map((each, index) => liveOf(result.trades[index]!, each));
      live.push({ ...liveOf(result.trades[0]!, {}), signalId: 'by hand', netUsd: '12.5' });
      const gap = compareLive(result, live);
      expect(decimalString(sum(gap.causes.map(({ usd }) => usd)))).toBe(gap.gapUsd);
      expect(gap.gapUsd).toBe(decimalString(amount(gap.liveUsd).sub(gap.backtestUsd)));
      expect(gap.onlyLive).toEqual(['by hand']);
      expect(gap.onlyBacktest).toHaveLength(30 - Math.min(30, shifts.length));
    }),
    { numRuns: 40 },
  );
});

test('a worse entry alone is charged to the entry price alone', () => {
  const result = sampleResult({ trades: 1 });
  const [trade] = result.trades;
  const gap = compareLive(result, [liveOf(trade!, { entry: 10 })]);
  const moved = amount(trade!.entryPrice).mul('0.001').mul(trade!.size).mul(-direction(trade!.side));
  expect(Number(gap.causes.find(({ cause }) => cause === 'entry_price')?.usd)).toBeCloseTo(
    moved.toNumber(),
    9,
  );
  const rest = gap.causes.filter(({ cause }) => cause !== 'entry_price').map(({ usd }) => Number(usd));
  expect(Math.max(0, ...rest.map(Math.abs))).toBeLessThan(1e-9);
  expect(gap.trades[0]?.entryLagMs).toBe(400);
});

test('live trades are matched to calls by instrument, side and the nearest entry, each once', () => {
  const { trades } = sampleResult({ trades: 3 });
  const [first, second] = trades.map((trade, index) => ({
    ...trade,
    symbol: 'BTC',
    side: 'long' as const,
    enteredAt: index * 10 * 60_000,
  }));
  const live = [
    { ...liveOf(first!, {}), side: 'long' as const, signalId: 'uuid-a', enteredAt: 60_000 },
    { ...liveOf(first!, {}), side: 'long' as const, signalId: 'uuid-b', enteredAt: 9 * 60_000 },
    { ...liveOf(first!, {}), side: 'long' as const, signalId: 'uuid-c', enteredAt: 61_000 },
    { ...liveOf(first!, {}), side: 'short' as const, signalId: 'uuid-d', enteredAt: 60_000 },
    { ...liveOf(first!, {}), side: 'long' as const, signalId: 'uuid-e', enteredAt: 60 * 60_000 },
  ];
  const matched = matchLive([first!, second!], live).map(({ signalId }) => signalId);
  expect(matched).toEqual([first!.signalId, second!.signalId, 'uuid-c', 'uuid-d', 'uuid-e']);
  expect(matchLive([first!], [{ ...live[4]!, signalId: first!.signalId }])[0]?.signalId).toBe(
    first!.signalId,
  );
});
