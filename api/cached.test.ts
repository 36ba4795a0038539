import { expect, test } from 'vitest';
import { cacheAnswers, CACHED_MS } from './cached.ts';

/** A clock that the test moves, and how often an answer was read. */
function begin() {
  const state = { now: 1_000_000, reads: 0 };
  const cached = cacheAnswers<number>(() => state.now);
  return { state, ask: (key = 'a') => cached(key, async () => (state.reads += 1)) };
}

test('an answer is read once in half a minute, and by all who ask at once', async () => {
  const { state, ask } = begin();
  expect(await Promise.all([ask(), ask(), ask()])).toEqual([1, 1, 1]);
  state.now += CACHED_MS - 1;
  expect(await ask()).toBe(1);
  state.now += 1;
  expect(await ask()).toBe(2);
  expect(await ask('b')).toBe(3);
});

test('a clock that goes back reads again, and a failed reading is not kept', async () => {
  const { state, ask } = begin();
  await ask();
  state.now -= 60_000;
  expect(await ask()).toBe(2);
  const cached = cacheAnswers<number>(() => 0);
  await expect(cached('a', () => Promise.reject(new Error('down')))).rejects.toThrow('down');
  expect(await cached('a', async () => 7)).toBe(7);
});

test('keeps two hundred answers at most', async () => {
  const { state, ask } = begin();
  for (let key = 0; key <= 200; key += 1) await ask(String(key));
  expect(state.reads).toBe(201);
  await ask('0');
  expect(state.reads).toBe(202);
});
