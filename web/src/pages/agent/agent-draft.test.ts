import { expect, test } from 'vitest';
import { checkDraft, NEW_AGENT, toBody } from './agent-draft.ts';

test('a new draft needs a name alone', () => {
  expect(Object.keys(checkDraft(NEW_AGENT))).toEqual(['name']);
  expect(checkDraft({ ...NEW_AGENT, name: 'momentum' })).toEqual({});
});

test('an agent without a stop, or with a size of nothing, is refused', () => {
  const problems = checkDraft({ ...NEW_AGENT, name: 'momentum', stopPct: '', size: '0' });
  expect(Object.keys(problems)).toEqual(['size', 'stopPct']);
});

test('the body carries percent as the API reads them, and null for exits that are wanted to be none', () => {
  const draft = { ...NEW_AGENT, name: 'momentum', minConfidence: '65', trailPct: '', sourceHandle: ' desk ' };
  expect(toBody(draft)).toEqual({
    name: 'momentum',
    minConfidence: 0.65,
    sizeModel: { mode: 'riskPercent', percent: 2 },
    barriers: { stopLoss: { pct: 5 }, takeProfits: null, trailing: null, timeLimitMs: 86_400_000 },
    sources: [{ kind: 'manual', handle: 'desk', weight: 100 }],
  });
});
