import { expect, test } from 'vitest';
import { completeBarriers } from './complete-barriers.ts';

const defaults = {
  stopLoss: { pct: 5 },
  trailing: [{ activatesAtPct: 0, distancePct: 1 }],
  timeLimitMs: 86_400_000,
};

test('a call with stop and targets takes no trail of its agent, which would end it early, but its time limit', () => {
  const own = { stopLoss: { price: '64000' }, takeProfits: [{ price: '67000', fraction: 1 }] };
  expect(completeBarriers(own, defaults)).toEqual({ ...own, timeLimitMs: 86_400_000 });
});

test('a call that names some parts gets the others of its agent', () => {
  expect(completeBarriers({ stopLoss: { price: '64000' } }, defaults)).toEqual({
    ...defaults,
    stopLoss: { price: '64000' },
  });
  expect(completeBarriers({}, defaults)).toEqual(defaults);
});

test('a part that the agent says always of is its own in every trade, beside a whole plan too', () => {
  const own = {
    stopLoss: { price: '64000' },
    takeProfits: [{ price: '67000', fraction: 1 }],
    trailing: [{ activatesAtPct: 0, distancePct: 4 }],
  };
  expect(completeBarriers(own, { ...defaults, always: ['trailing'] })).toEqual({
    ...own,
    trailing: defaults.trailing,
    timeLimitMs: 86_400_000,
  });
  expect(completeBarriers({}, { ...defaults, always: ['stopLoss'] })).toEqual(defaults);
});
