import { expect, test } from 'vitest';
import type { Refused } from '../contract.ts';
import { createEarlyEntries, type EntrySteps } from './early-entries.ts';
import type { Subject } from './subject.ts';

const input = { signalId: 'signal', deploymentId: 'deployment', symbol: 'BTC' };
const subject = (isNew: boolean) => ({ isNew }) as Subject;
const plan: Refused = { outcome: 'refused', tradeId: null, code: 'stale', text: 'The plan.' };
const entry: Refused = { outcome: 'refused', tradeId: null, code: 'stale', text: 'The entry.' };

/** Early entries of steps that record the order in which they are taken. */
function recorded(changes: Partial<EntrySteps> = {}) {
  const steps: string[] = [];
  const record = <Value>(step: string, value: Value): Promise<Value> => {
    steps.push(step);
    return Promise.resolve(value);
  };
  const earlyEntries = createEarlyEntries({
    read: () => record('read', subject(true)),
    plan: () => record('plan', plan),
    enter(planned) {
      expect(planned).toBe(plan);
      return record('enter', entry);
    },
    ...changes,
  });
  return { steps, earlyEntries };
}

/** Resolves when everything that can go on without the start has. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('an entry is planned during the start, and sent once its workflow exists; its step gets what came of it', async () => {
  const { steps, earlyEntries } = recorded();
  const { promise: isStarted, resolve: start } = Promise.withResolvers<boolean>();
  const begun = earlyEntries.begin(input, () => isStarted);
  const asked = earlyEntries.takeResult(input);
  await settled();
  expect(steps).toEqual(['read', 'plan']);
  start(true);
  expect(await asked).toBe(entry);
  expect(await (await begun).entering).toBe(entry);
  expect(await earlyEntries.takeResult(input)).toBeNull();
  expect(steps).toEqual(['read', 'plan', 'enter']);
});

test('a trade that somebody else has made is planned once its workflow was started here', async () => {
  const { steps, earlyEntries } = recorded({ read: () => Promise.resolve(subject(false)) });
  const { promise: isStarted, resolve: start } = Promise.withResolvers<boolean>();
  const begun = earlyEntries.begin(input, () => isStarted);
  await settled();
  expect(steps).toEqual([]);
  start(true);
  await (
    await begun
  ).entering;
  expect(steps).toEqual(['plan', 'enter']);
});

test.each([
  ['was started elsewhere', () => Promise.resolve(false)],
  ['could not be started', () => Promise.reject(new Error('no server'))],
])('nothing is sent for a workflow that %s', async (_what, start) => {
  const { steps, earlyEntries } = recorded();
  await earlyEntries.begin(input, start).catch(() => undefined);
  expect(await earlyEntries.takeResult(input)).toBeNull();
  expect(steps).not.toContain('enter');
});

test('a start that fails is an error, whatever came of the plan', async () => {
  const { earlyEntries } = recorded({ plan: () => Promise.reject(new Error('no plan')) });
  await expect(earlyEntries.begin(input, () => Promise.reject(new Error('no server')))).rejects.toThrow(
    'no server',
  );
});

test.each(['read', 'plan', 'enter'])(
  'where the step to %s fails, it is left to the workflow',
  async (step) => {
    const { earlyEntries } = recorded({ [step]: () => Promise.reject(new Error('venue down')) });
    await earlyEntries.begin(input, () => Promise.resolve(true));
    expect(await earlyEntries.takeResult(input)).toBeNull();
  },
);
