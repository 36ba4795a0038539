import { expect, test } from 'vitest';
import { createHeadStart, type EntrySteps } from './early-entries.ts';

const input = { signalId: 'signal', deploymentId: 'deployment', symbol: 'BTC' };

/** Steps that write down when they were taken. */
function recorded(changes: Partial<EntrySteps<{ isNew: boolean }, string, string>> = {}) {
  const steps: string[] = [];
  const note = <Value>(step: string, value: Value): Promise<Value> => {
    steps.push(step);
    return Promise.resolve(value);
  };
  const headStart = createHeadStart({
    read: () => note('read', { isNew: true }),
    plan: () => note('plan', 'plan'),
    enter: (plan) => note('enter', `entry of ${plan}`),
    ...changes,
  });
  return { steps, headStart };
}

/** Resolves when everything that can go on without the start has. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('an entry is planned during the start, and sent once its workflow exists; its step gets what came of it', async () => {
  const { steps, headStart } = recorded();
  const { promise: isStarted, resolve: start } = Promise.withResolvers<boolean>();
  const begun = headStart.begin(input, () => isStarted);
  const asked = headStart.result(input);
  await settled();
  expect(steps).toEqual(['read', 'plan']);
  start(true);
  expect(await asked).toBe('entry of plan');
  expect(await (await begun).entering).toBe('entry of plan');
  expect(await headStart.result(input)).toBeNull();
  expect(steps).toEqual(['read', 'plan', 'enter']);
});

test('a trade that somebody else has made is planned once its workflow was started here', async () => {
  const { steps, headStart } = recorded({ read: () => Promise.resolve({ isNew: false }) });
  const { promise: isStarted, resolve: start } = Promise.withResolvers<boolean>();
  const begun = headStart.begin(input, () => isStarted);
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
  const { steps, headStart } = recorded();
  await headStart.begin(input, start).catch(() => undefined);
  expect(await headStart.result(input)).toBeNull();
  expect(steps).not.toContain('enter');
});

test('a start that fails is an error, whatever came of the plan', async () => {
  const { headStart } = recorded({ plan: () => Promise.reject(new Error('no plan')) });
  await expect(headStart.begin(input, () => Promise.reject(new Error('no server')))).rejects.toThrow(
    'no server',
  );
});

test.each(['read', 'plan', 'enter'])(
  'where the step to %s fails, it is left to the workflow',
  async (step) => {
    const { headStart } = recorded({ [step]: () => Promise.reject(new Error('venue down')) });
    await headStart.begin(input, () => Promise.resolve(true));
    expect(await headStart.result(input)).toBeNull();
  },
);
