import { expect, test } from 'vitest';
import { createRemembered } from './remembered.ts';

const HOUR_MS = 3_600_000;
/** Resolves when everything that was asked in the background has been answered. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

test('an answer that is an hour old holds until the next one has come', async () => {
  let now = 0;
  let answer = 'first';
  const lookUp = createRemembered(
    () => Promise.resolve(answer),
    () => now,
  );
  expect(lookUp('key')).toBeUndefined();
  await settled();
  answer = 'second';
  now = HOUR_MS - 1;
  expect(lookUp('key')).toBe('first');
  await settled();
  now = HOUR_MS;
  expect(lookUp('key')).toBe('first');
  await settled();
  expect(lookUp('key')).toBe('second');
});

test('a question that failed leaves the last answer, and is put again after a minute', async () => {
  let now = 0;
  let asked = 0;
  const lookUp = createRemembered(
    () => ((asked += 1) === 1 ? Promise.resolve('answer') : Promise.reject(new Error('down'))),
    () => now,
  );
  lookUp('key');
  await settled();
  now = HOUR_MS;
  lookUp('key');
  await settled();
  expect(lookUp('key')).toBe('answer');
  expect(asked).toBe(2);
  now += 60_000;
  lookUp('key');
  await settled();
  expect(asked).toBe(3);
});

test('no more than two questions are under way at once', async () => {
  const asked: string[] = [];
  const lookUp = createRemembered((key) => {
    asked.push(key);
    return Promise.resolve(key);
  });
  for (const key of ['a', 'b', 'c']) lookUp(key);
  expect(asked).toEqual(['a', 'b']);
  await settled();
  lookUp('c');
  expect(asked).toEqual(['a', 'b', 'c']);
});
