import { expect, test } from 'vitest';
import { defaultBarriers } from './barriers.ts';
import {
  completeGiven,
  completePolicy,
  readGivenAdjustment,
  readGivenBarriers,
  readGivenPolicy,
  type GivenBarriers,
} from './given-barriers.ts';

const read = (input: unknown): GivenBarriers => {
  const result = readGivenBarriers(input);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.barriers;
};

test('a policy without a part gets the default part, and none of it where the part is null', () => {
  const { breakEven, timeLimitMs } = defaultBarriers();
  expect(completePolicy(read({ stopLoss: { pct: 3 }, trailing: null }))).toEqual({
    stopLoss: { pct: 3 },
    breakEven,
    timeLimitMs,
  });
  expect(completePolicy(read({}))).toEqual(defaultBarriers());
});

test('a policy with stop and targets is a plan of its own, here as anywhere', () => {
  const plan = { stopLoss: { pct: 3 }, takeProfits: [{ pct: 6, fraction: 1 }] };
  const { timeLimitMs } = defaultBarriers();
  expect(completePolicy(read(plan))).toEqual({ ...plan, timeLimitMs });
});

test('one option by hand replaces that part; the other parts of the agent stay', () => {
  const agent = {
    stopLoss: { pct: 5 },
    takeProfits: [{ pct: 9, fraction: 1 }],
    trailing: [{ activatesAtPct: 2, distancePct: 1 }],
  };
  expect(completeGiven(read({ stopLoss: { pct: 2 } }), agent)).toEqual({ ...agent, stopLoss: { pct: 2 } });
  expect(completeGiven(read({ takeProfits: null }), agent)).toEqual({
    stopLoss: agent.stopLoss,
    trailing: agent.trailing,
  });
});

test('what the agent says always of cannot be taken away, and always stays in its policy', () => {
  const given = readGivenPolicy({ trailing: [{ activatesAtPct: 1, distancePct: 2 }], always: ['trailing'] });
  if (!given.ok) throw new Error(JSON.stringify(given.problems));
  const policy = completePolicy(given.barriers);
  expect(policy).toMatchObject({ stopLoss: { pct: 5 }, always: ['trailing'] });
  expect(completeGiven(read({ trailing: null }), policy).trailing).toEqual(policy.trailing);
});

test('what cannot be read is said field by field', () => {
  expect(readGivenBarriers({ stopLoss: { pct: -1 } })).toMatchObject({
    ok: false,
    problems: [{ field: 'stopLoss.pct' }],
  });
  expect(readGivenBarriers(7)).toMatchObject({ ok: false });
  const now = { breakEven: { afterTakeProfit: 0 } };
  expect(readGivenBarriers(now)).toMatchObject({ ok: false });
  expect(readGivenAdjustment(now)).toMatchObject({ ok: true, barriers: { parts: now } });
});
