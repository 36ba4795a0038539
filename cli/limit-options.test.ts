import { Command } from 'commander';
import { expect, test } from 'vitest';
import { describeChange, limitsOf, withLimitOptions } from './limit-options.ts';

const read = (...args: string[]) => {
  const command = withLimitOptions(new Command())
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  return limitsOf(command.parse(args, { from: 'user' }).opts());
};

test('options of limits are read, and none takes one away', () => {
  expect(read('--gross', '10000', '--loss-streak', '4/6h', '--stop-guard', '4/1d/30m')).toEqual({
    maxGrossUsd: '10000',
    lossStreak: { losses: 4, pauseMs: 21_600_000 },
    stopGuard: { stops: 4, withinMs: 86_400_000, pauseMs: 1_800_000 },
  });
  expect(read('--gross', 'none', '--loss-streak', 'none', '--per-minute', 'none')).toEqual({
    maxGrossUsd: null,
    lossStreak: null,
    maxEntriesPerMinute: null,
  });
  for (const wrong of ['4', '4/6', '0/6h', '4/6h/1h'])
    expect(() => read('--loss-streak', wrong)).toThrow(/invalid/);
});

test('a change shows what was and what is', () => {
  const before = { maxGrossUsd: '5000', maxDailyLossUsd: '300' };
  const after = { maxDailyLossUsd: '300', lossStreak: { losses: 4, pauseMs: 21_600_000 } };
  expect(describeChange(before, after)).toEqual([
    'maxGrossUsd: 5000 -> none',
    'lossStreak: none -> 4 losses, pause 6h',
  ]);
});
