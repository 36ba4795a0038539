import { expect, test } from 'vitest';
import { createLimited } from './limited.ts';

test('so much at a time and no more, in the order it came', async () => {
  const limited = createLimited(2);
  const begun: number[] = [];
  const gates = [0, 1, 2].map(() => Promise.withResolvers<void>());
  const done = gates.map(({ promise }, index) =>
    limited.run(() => {
      begun.push(index);
      return promise;
    }),
  );
  expect(begun).toEqual([0, 1]);
  gates[1]?.resolve();
  await done[1];
  await Promise.resolve();
  expect(begun).toEqual([0, 1, 2]);
  for (const { resolve } of gates) resolve();
  await Promise.all(done);
});

test('work that fails gives its place to the next', async () => {
  const limited = createLimited(1);
  const failing = limited.run(() => Promise.reject(new Error('no')));
  const next = limited.run(() => Promise.resolve('done'));
  await expect(failing).rejects.toThrow('no');
  expect(await next).toBe('done');
});

test('is idle at first, and again once everything has been done', async () => {
  const limited = createLimited(1);
  await limited.idle();
  const order: string[] = [];
  const work = ['a', 'b'].map((name) => limited.run(() => Promise.resolve(void order.push(name))));
  await limited.idle();
  expect(order).toEqual(['a', 'b']);
  await Promise.all(work);
});
