import { expect, test } from 'vitest';
import { asId, type DeploymentId } from './ids.ts';
import { creditOnEnd } from './pro-rata.ts';

const deploymentId = asId<DeploymentId>('d1');
const trialEndsAt = Date.UTC(2026, 0, 31, 12);
const HOUR_MS = 3_600_000;
const ended = (endedAt: number, billed: string[]) =>
  creditOnEnd({ deploymentId, trialEndsAt, endedAt, billed });
const first = 'deployment/d1/2026-01-31';

test('a month that was paid is credited for what is left of it, to the hour', () => {
  // From 31 January to 28 February, 12:00 each: 28 days, of which 7 are left.
  expect(ended(Date.UTC(2026, 1, 21, 12), [first])).toEqual({
    kind: 'subscription',
    subject: `${first}/credit`,
    amountUsd: '-5',
  });
  expect(ended(trialEndsAt, [first])?.amountUsd).toBe('-20');
  expect(ended(Date.UTC(2026, 1, 28, 11), [first])?.amountUsd).toBe('-0.029762');
});

test.each<[string, number, string[]]>([
  ['during the trial', trialEndsAt - HOUR_MS, []],
  ['for a month that was never billed', trialEndsAt + HOUR_MS, []],
  ['for months before', Date.UTC(2026, 2, 20), [first]],
])('nothing is credited %s', (_what, endedAt, billed) => {
  expect(ended(endedAt, billed)).toBeNull();
});
