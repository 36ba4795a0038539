import { expect, test } from 'vitest';
import { parseAgentBarriers } from './agent-barriers.ts';

test('the exits of an agent are barriers, and the parts that each of its trades takes', () => {
  const barriers = { stopLoss: { pct: 5 }, trailing: [{ activatesAtPct: 1, distancePct: 1 }] };
  expect(parseAgentBarriers(barriers)).toEqual({ ok: true, barriers });
  expect(parseAgentBarriers({ ...barriers, always: ['trailing'] })).toEqual({
    ok: true,
    barriers: { ...barriers, always: ['trailing'] },
  });
});

test.each([
  [{ stopLoss: { pct: 5 }, always: ['trailing'] }, 'always[0]', /not there/],
  [{ stopLoss: { pct: 5 }, always: ['stop'] }, 'always[0]', /one of stopLoss/],
  [{ stopLoss: { pct: 5 }, always: true }, 'always', /list of parts/],
  [{ stopLoss: { pct: 500 }, always: ['stopLoss'] }, 'stopLoss.pct', /below 100/],
])('is refused with the field named: %j', (input, field, message) => {
  expect(parseAgentBarriers(input)).toMatchObject({
    ok: false,
    problems: [{ field, message: expect.stringMatching(message) as string }],
  });
});
