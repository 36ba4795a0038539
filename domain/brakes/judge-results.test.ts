import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { EXIT_REASONS } from '../barriers.ts';
import { decimalString, amount } from '../money.ts';
import type { EntryLimits } from './entry-limits.ts';
import { judgeResults, lookBack, type EndedTrade, type Results } from './judge-results.ts';

const HOUR = 3_600_000;
const NOON = Date.UTC(2026, 5, 1, 12);

const lost = (netPnlUsd: string, hoursAgo: number, exitReason: EndedTrade['exitReason'] = 'stop_loss') => ({
  endedAt: NOON - hoursAgo * HOUR,
  netPnlUsd,
  exitReason,
});
const results = (ended: EndedTrade[], rest: Partial<Results> = {}): Results => ({
  ended: ended.toSorted((a, b) => a.endedAt - b.endedAt),
  openUsd: '0',
  released: {},
  ...rest,
});
const codes = (limits: EntryLimits, of: Results, now = NOON): string[] =>
  judgeResults(limits, of, now).map(({ code }) => code);

describe('the losses of a day', () => {
  const limits: EntryLimits = { maxDailyLossUsd: '100' };
  test('are counted from midnight on, gains against losses, until the next midnight', () => {
    const [breach] = judgeResults(limits, results([lost('-150', 3), lost('50', 1)]), NOON);
    expect(breach).toEqual({
      code: 'daily_loss_reached',
      reason: 'Lost 100 USD since midnight (UTC), of 100',
      until: NOON + 12 * HOUR,
    });
    expect(codes(limits, results([lost('-500', 13), lost('-99', 1)]))).toEqual([]);
  });

  test('include what is lost on open positions, and no gain that is not taken', () => {
    expect(codes(limits, results([lost('-60', 1)], { openUsd: '-40' }))).toEqual(['daily_loss_reached']);
    expect(codes(limits, results([lost('-100', 1)], { openUsd: '500' }))).toEqual(['daily_loss_reached']);
  });

  test('count anew once a person has released the brake', () => {
    const released = { daily_loss_reached: { at: NOON - HOUR, openUsd: '-200' } };
    expect(codes(limits, results([lost('-500', 2)], { openUsd: '-250', released }))).toEqual([]);
    expect(codes(limits, results([lost('-50', 0.5)], { openUsd: '-250', released }))).toEqual([
      'daily_loss_reached',
    ]);
  });
});

test('a drawdown is the fall from the highest profit, and only a person ends it', () => {
  const limits: EntryLimits = { maxDrawdownUsd: '100' };
  const [breach] = judgeResults(limits, results([lost('300', 40), lost('-60', 30), lost('-40', 20)]), NOON);
  expect(breach).toMatchObject({ code: 'drawdown_reached', until: null });
  expect(codes(limits, results([lost('-60', 40), lost('300', 30), lost('-60', 20)]))).toEqual([]);
});

test('a streak of losses pauses after the last one, and a gain ends it', () => {
  const limits: EntryLimits = { lossStreak: { losses: 2, pauseMs: 3 * HOUR } };
  const streak = [lost('5', 9), lost('-1', 2), lost('-1', 1)];
  expect(judgeResults(limits, results(streak), NOON)[0]).toMatchObject({ until: NOON + 2 * HOUR });
  expect(codes(limits, results(streak), NOON + 2 * HOUR)).toEqual([]);
  expect(codes(limits, results([...streak, lost('1', 0.5)]))).toEqual([]);
});

test('the guard counts stops that closed at a loss, close to each other', () => {
  const limits: EntryLimits = { stopGuard: { stops: 2, withinMs: 4 * HOUR, pauseMs: 3 * HOUR } };
  expect(codes(limits, results([lost('-1', 4), lost('9', 3), lost('-1', 1)]))).toEqual([
    'stop_losses_reached',
  ]);
  expect(codes(limits, results([lost('-1', 9), lost('-1', 1)]))).toEqual([]);
  expect(codes(limits, results([lost('9', 2, 'trailing_stop'), lost('-1', 1)]))).toEqual([]);
  expect(codes(limits, results([lost('-1', 2, 'time_limit'), lost('-1', 1)]))).toEqual([]);
});

describe('always', () => {
  const trade = fc.record({
    endedAt: fc.integer({ min: NOON - 720 * HOUR, max: NOON }),
    netPnlUsd: fc.integer({ min: -200, max: 200 }).map(String),
    exitReason: fc.constantFrom(...EXIT_REASONS),
  });
  const someResults = fc
    .record({
      ended: fc.array(trade, { maxLength: 12 }),
      openUsd: fc.integer({ min: -200, max: 200 }).map(String),
    })
    .map(({ ended, openUsd }) => results(ended, { openUsd }));
  const pause = fc.integer({ min: 1, max: 48 }).map((hours) => hours * HOUR);
  const someLimits = fc.record({
    maxDailyLossUsd: fc.integer({ min: 1, max: 300 }).map(String),
    maxDrawdownUsd: fc.integer({ min: 1, max: 300 }).map(String),
    lossStreak: fc.record({ losses: fc.integer({ min: 1, max: 5 }), pauseMs: pause }),
    stopGuard: fc.record({ stops: fc.integer({ min: 1, max: 5 }), withinMs: pause, pauseMs: pause }),
  });
  const add = (usd: string, more: number) => decimalString(amount(usd).add(more));

  test('a tighter limit allows no more, and no sooner', () => {
    const looser = fc.record({ usd: fc.nat(100), count: fc.nat(3), ms: fc.nat(HOUR / 2) });
    fc.assert(
      fc.property(someLimits, looser, someResults, (tight, { usd, count, ms }, of) => {
        const { lossStreak, stopGuard } = tight;
        const loose = {
          maxDailyLossUsd: add(tight.maxDailyLossUsd, usd),
          maxDrawdownUsd: add(tight.maxDrawdownUsd, usd),
          lossStreak: { losses: lossStreak.losses + count, pauseMs: lossStreak.pauseMs - ms },
          stopGuard: {
            stops: stopGuard.stops + count,
            withinMs: stopGuard.withinMs - ms,
            pauseMs: stopGuard.pauseMs - ms,
          },
        };
        const held = new Map(judgeResults(tight, of, NOON).map((breach) => [breach.code, breach.until]));
        for (const { code, until } of judgeResults(loose, of, NOON)) {
          expect(held.has(code)).toBe(true);
          expect(held.get(code) ?? Infinity).toBeGreaterThanOrEqual(until ?? Infinity);
        }
      }),
    );
  });

  test('a breach that names its end has ended by then, unless more is lost', () => {
    fc.assert(
      fc.property(someLimits, someResults, (limits, of) => {
        const closed = { ...of, openUsd: '0' };
        for (const { code, until } of judgeResults(limits, closed, NOON)) {
          if (until === null) continue;
          expect(until).toBeGreaterThan(NOON);
          expect(codes(limits, closed, until)).not.toContain(code);
        }
      }),
    );
  });

  test('a breach ends when a person releases it', () => {
    fc.assert(
      fc.property(someLimits, someResults, (limits, of) => {
        for (const { code } of judgeResults(limits, of, NOON)) {
          const released = { [code]: { at: NOON, openUsd: of.openUsd } };
          expect(codes(limits, { ...of, released })).not.toContain(code);
        }
      }),
    );
  });

  test('what is older than the limits look back changes nothing', () => {
    fc.assert(
      fc.property(someLimits, someResults, (limits, of) => {
        const from = lookBack(limits, NOON) ?? Infinity;
        const seen = { ...of, ended: of.ended.filter(({ endedAt }) => endedAt >= from) };
        expect(codes(limits, seen)).toEqual(codes(limits, of));
      }),
    );
  });
});
