import { describe, expect, test } from 'vitest';
import { dueTimeOf, isTimeZone, type Pace } from './due-time.ts';
import { nextMessage, type DueNotification } from './next-message.ts';
import { toldOf } from './topics.ts';

const pace = (change: Partial<Pace> = {}): Pace => ({
  digest: 'none',
  quiet: null,
  timeZone: 'UTC',
  ...change,
});
const at = (text: string) => Date.parse(text);
const opened = { topic: 'opened', severity: 'info' } as const;
const alarm = { topic: 'alarm', severity: 'alarm' } as const;
const dueAt = (of: Parameters<typeof dueTimeOf>[0], given: Pace, now: string) =>
  new Date(dueTimeOf(of, given, at(now)).dueAt).toISOString();

describe('when a person is told', () => {
  const night = pace({ quiet: { from: 22 * 60, to: 7 * 60 }, timeZone: 'Europe/Berlin' });

  test('at once, where nothing says otherwise', () => {
    expect(dueTimeOf(opened, pace(), 5)).toEqual({ dueAt: 5, isHeld: false });
  });

  test('after quiet hours, of the zone and over midnight; alarms never wait', () => {
    expect(dueAt(opened, night, '2026-11-27T20:59:00Z')).toBe('2026-11-27T20:59:00.000Z');
    expect(dueAt(opened, night, '2026-11-27T21:00:00Z')).toBe('2026-11-28T06:00:00.000Z');
    expect(dueAt(opened, night, '2026-11-28T05:59:00Z')).toBe('2026-11-28T06:00:00.000Z');
    expect(dueAt(alarm, night, '2026-11-27T23:00:00Z')).toBe('2026-11-27T23:00:00.000Z');
  });

  test('with the digest, and of skipped calls once an hour at most', () => {
    expect(dueAt(opened, pace({ digest: 'hourly' }), '2026-11-27T12:10:00Z')).toBe(
      '2026-11-27T13:00:00.000Z',
    );
    expect(dueAt(opened, pace({ digest: 'daily' }), '2026-11-27T12:10:00Z')).toBe('2026-11-28T08:00:00.000Z');
    const skipped = { topic: 'skipped', severity: 'info' } as const;
    expect(dueTimeOf(skipped, pace(), at('2026-11-27T12:10:00Z'))).toEqual({
      dueAt: at('2026-11-27T13:00:00Z'),
      isHeld: true,
    });
    expect(dueAt(alarm, pace({ digest: 'daily' }), '2026-11-27T12:10:00Z')).toBe('2026-11-27T12:10:00.000Z');
  });

  test('in zones that there are', () => {
    expect(['Europe/Berlin', 'UTC', 'Mars/Olympus'].map(isTimeZone)).toEqual([true, true, false]);
  });
});

describe('what is told next', () => {
  const due = (count: number, change: Partial<DueNotification> = {}): DueNotification[] =>
    Array.from({ length: count }, (_, index) => ({
      id: `${change.severity ?? 'info'}${index}`,
      severity: 'info',
      isHeld: false,
      ...change,
    }));
  const idle = { sentAt: [], now: 100_000 };

  test('each by itself, in order, up to five; more of them together', () => {
    expect(nextMessage(due(5), idle)).toEqual({ tell: ['info0'] });
    expect(nextMessage(due(5_000), idle)).toMatchObject({ tell: { length: 5_000 } });
    expect(nextMessage([], idle)).toBeNull();
  });

  test('what was held, together', () => {
    expect(nextMessage([...due(1), ...due(3, { isHeld: true })], idle)).toMatchObject({
      tell: { length: 3 },
    });
  });

  test('alarms first, and in a flood within seconds', () => {
    const both = [...due(5_000), ...due(1, { severity: 'alarm' })];
    expect(nextMessage(both, idle)).toEqual({ tell: ['alarm0'] });
    const flooded = { sentAt: [60_000, 70_000, 80_000, 90_000, 98_000], now: 100_000 };
    expect(nextMessage(due(1), flooded)).toEqual({ waitUntil: 120_000 });
    expect(nextMessage(due(9, { severity: 'alarm' }), flooded)).toEqual({ waitUntil: 103_000 });
    expect(nextMessage(due(9, { severity: 'alarm' }), { ...flooded, now: 103_000 })).toMatchObject({
      tell: { length: 9 },
    });
  });
});

test('a key that is lost is told once for its deployment, and not for each trade', () => {
  expect(toldOf({ type: 'key_lost', tradeId: null })).toMatchObject({ severity: 'alarm', topic: 'approval' });
  expect(toldOf({ type: 'key_lost', tradeId: 'a' })).toBeNull();
  expect(toldOf({ type: 'fill', tradeId: 'a' })).toBeNull();
});
