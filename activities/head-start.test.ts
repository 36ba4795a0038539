import { expect, test } from 'vitest';
import type { Database } from '#prisma/client.ts';
import { createHeadStart } from './head-start.ts';

const input = { signalId: 'signal', deploymentId: 'deployment' };

/** Books that cannot be reached: an entry ahead does not depend on what could be read ahead of it. */
const unreachable = () => {
  const db = { $queryRaw: () => Promise.reject(new Error('unreachable')) };
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- all that is asked of it
  return createHeadStart<string>({ db: db as unknown as Database } as never);
};

test('an entry begins once its workflow has been started here, and its step gets what came of it', async () => {
  const headStart = unreachable();
  const { promise: isStarted, resolve: start } = Promise.withResolvers<boolean>();
  let entered = 0;
  const begun = headStart.begin(
    input,
    () => isStarted,
    async () => `entry ${(entered += 1)}`,
  );
  const asked = headStart.result(input);
  expect(entered).toBe(0);
  start(true);
  expect(await asked).toBe('entry 1');
  expect(await (await begun).entering).toBe('entry 1');
  expect(await headStart.result(input)).toBeNull();
  expect(entered).toBe(1);
});

test.each([
  ['was started elsewhere', () => Promise.resolve(false)],
  ['could not be started', () => Promise.reject(new Error('no server'))],
])('nothing is entered for a workflow that %s', async (_what, start) => {
  const headStart = unreachable();
  let entered = 0;
  await headStart.begin(input, start, async () => `entry ${(entered += 1)}`).catch(() => undefined);
  expect(await headStart.result(input)).toBeNull();
  expect(entered).toBe(0);
});

test('an entry that failed leaves it to the step to say so', async () => {
  const headStart = unreachable();
  await headStart.begin(
    input,
    () => Promise.resolve(true),
    () => Promise.reject(new Error('venue down')),
  );
  expect(await headStart.result(input)).toBeNull();
});

test('what could not be read ahead is read, and its failure told, when it is needed', async () => {
  const headStart = unreachable();
  await headStart.begin(
    input,
    () => Promise.resolve(false),
    async () => 'entry',
  );
  await expect(headStart.subject(input)).rejects.toThrow('unreachable');
});
