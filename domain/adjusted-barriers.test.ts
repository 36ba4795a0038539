import { expect, test } from 'vitest';
import { adjustedBarriers, type StandingExits } from './adjusted-barriers.ts';

const STANDING: StandingExits = {
  policy: {
    stopLoss: { pct: 5 },
    takeProfits: [
      { pct: 4, fraction: 0.5 },
      { pct: 8, fraction: 0.5 },
    ],
    breakEven: { afterTakeProfit: 2, offsetPct: 0.1 },
    trailing: [{ activatesAtPct: 2, distancePct: 1 }],
    timeLimitMs: 60_000,
  },
  levels: {
    stop: '95',
    targets: [
      { leg: 1, price: '104', fraction: 0.5 },
      { leg: 2, price: '108', fraction: 0.5 },
    ],
    breakEven: { afterTakeProfit: 2, price: '100.1' },
    trailing: [{ activatesAt: '102', distancePct: 1 }],
    timeLimitMs: 60_000,
  },
  entrySize: '2',
  filledTargets: new Map([[1, '1']]),
  wholeTargets: [1],
  isBreakEvenDue: false,
};

test('a stop alone replaces the stop; open targets, trail and time limit stay, filled targets are gone', () => {
  expect(adjustedBarriers({ stopLoss: { price: '101' } }, STANDING)).toEqual({
    stopLoss: { price: '101' },
    takeProfits: [{ price: '108', fraction: 0.5 }],
    breakEven: { afterTakeProfit: 1, offsetPct: 0.1 },
    trailing: STANDING.policy.trailing,
    timeLimitMs: 60_000,
  });
});

test('of a target that filled in part the rest stays', () => {
  const standing = { ...STANDING, filledTargets: new Map([[1, '0.25']]), wholeTargets: [] };
  expect(adjustedBarriers({ timeLimitMs: 9_000 }, standing).takeProfits).toEqual([
    { price: '104', fraction: 0.375 },
    { price: '108', fraction: 0.5 },
  ]);
});

const AFTER_FIRST = { ...STANDING.policy, breakEven: { afterTakeProfit: 1, offsetPct: 0.1 } };

test('break-even still waits for a target that filled in part', () => {
  const filledTargets = new Map([[1, '0.25']]);
  const standing = { ...STANDING, policy: AFTER_FIRST, filledTargets, wholeTargets: [] };
  expect(adjustedBarriers({ timeLimitMs: 9_000 }, standing).breakEven).toEqual(AFTER_FIRST.breakEven);
});

test('a target that filled but for less than one lot counts for break-even and is gone', () => {
  const standing = { ...STANDING, filledTargets: new Map([[1, '0.999']]) };
  expect(adjustedBarriers({ timeLimitMs: 9_000 }, standing)).toMatchObject({
    takeProfits: [{ price: '108', fraction: 0.5 }],
    breakEven: { afterTakeProfit: 1 },
  });
});

test('break-even that is due stays due until the stop is there, unless a stop is named', () => {
  const standing = { ...STANDING, policy: AFTER_FIRST, isBreakEvenDue: true };
  expect(adjustedBarriers({ timeLimitMs: 9_000 }, standing).breakEven).toEqual({
    afterTakeProfit: 0,
    offsetPct: 0.1,
  });
  expect(adjustedBarriers({ stopLoss: { price: '90' } }, standing)).not.toHaveProperty('breakEven');
});

test('break-even that has been reached is not set again: its stop stays as it rests', () => {
  const standing = {
    ...STANDING,
    policy: { ...STANDING.policy, breakEven: { afterTakeProfit: 1, offsetPct: 0.1 } },
  };
  expect(adjustedBarriers({ timeLimitMs: 9_000 }, standing)).not.toHaveProperty('breakEven');
});

test('stop and targets are a plan of their own: of the trade it takes the time limit alone', () => {
  const plan = { stopLoss: { price: '90' }, takeProfits: [{ price: '120', fraction: 1 }] };
  expect(adjustedBarriers(plan, STANDING)).toEqual({ ...plan, timeLimitMs: 60_000 });
});

test('parts that are wanted to be none go, but for the stop', () => {
  const none = ['stopLoss', 'takeProfits', 'breakEven', 'trailing', 'timeLimitMs'] as const;
  expect(adjustedBarriers({}, STANDING, none)).toEqual({ stopLoss: { pct: 5 } });
});
