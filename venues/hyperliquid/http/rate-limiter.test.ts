import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRateLimiter, RateLimited, type Priority, type RateLimiter } from './rate-limiter.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const PER_MINUTE = 600;
/** What may be spent at once; the other 450 come evenly, 7.5 a second. */
const AT_ONCE = 150;

/** Takes, notes `name` once admitted, and ends at once. */
async function note(
  limiter: RateLimiter,
  log: string[],
  name: string,
  weight: number,
  priority: Priority,
): Promise<void> {
  const release = await limiter.take(weight, priority, 60_000);
  log.push(name);
  release();
}

test('a quarter of a minute’s weight is there at once, then it refills evenly', async () => {
  const limiter = createRateLimiter({ weightPerMinute: PER_MINUTE });
  const log: string[] = [];
  void note(limiter, log, 'all of it', AT_ONCE, 'exit');
  void note(limiter, log, 'ten more', 10, 'exit');
  await vi.advanceTimersByTimeAsync(1_320);
  expect(log).toEqual(['all of it']);
  await vi.advanceTimersByTimeAsync(20);
  expect(log).toEqual(['all of it', 'ten more']);
});

test('exits overtake entries and reads that wait, and neither overtakes its own kind', async () => {
  const limiter = createRateLimiter({ weightPerMinute: PER_MINUTE });
  limiter.drain();
  const log: string[] = [];
  void note(limiter, log, 'read', 2, 'read');
  void note(limiter, log, 'entry', 1, 'entry');
  void note(limiter, log, 'large exit', 50, 'exit');
  void note(limiter, log, 'small exit', 1, 'exit');
  await vi.advanceTimersByTimeAsync(60_000);
  expect(log).toEqual(['large exit', 'small exit', 'entry', 'read']);
});

test('reads leave a part of the budget to actions', async () => {
  const limiter = createRateLimiter({ weightPerMinute: PER_MINUTE });
  const log: string[] = [];
  for (let i = 0; i < 30; i++) void note(limiter, log, 'read', 20, 'read');
  await vi.advanceTimersByTimeAsync(0);
  expect(log.length).toBeLessThan(30);
  void note(limiter, log, 'exit', 20, 'exit');
  await vi.advanceTimersByTimeAsync(0);
  expect(log.at(-1)).toBe('exit');
});

test('no minute sees more than its weight, wherever it begins', async () => {
  const limiter = createRateLimiter({ weightPerMinute: PER_MINUTE });
  const admitted: number[] = [];
  const take = async (): Promise<void> => {
    const release = await limiter.take(10, 'exit', 600_000);
    admitted.push(Date.now());
    release();
  };
  for (let i = 0; i < 200; i++) void take();
  await vi.advanceTimersByTimeAsync(300_000);
  expect(admitted).toHaveLength(200);
  const weights = admitted.map((from) => 10 * admitted.filter((t) => t >= from && t < from + 60_000).length);
  expect(Math.max(...weights)).toBeLessThanOrEqual(PER_MINUTE);
});

test('whoever would wait too long is turned away, and so is whoever finds the queue full', async () => {
  const limiter = createRateLimiter({ weightPerMinute: PER_MINUTE, maxWaiting: 1 });
  limiter.drain();
  const late = limiter.take(500, 'exit', 5_000).catch((error: unknown) => error);
  await expect(limiter.take(1, 'exit', 5_000)).rejects.toThrow(RateLimited);
  await vi.advanceTimersByTimeAsync(5_000);
  expect(await late).toMatchObject({ message: 'the request budget did not free up in time' });
});

test('a read gives up in time although an exit ahead of it still waits', async () => {
  const limiter = createRateLimiter({ weightPerMinute: PER_MINUTE });
  limiter.drain();
  const exit = limiter.take(PER_MINUTE, 'exit', 120_000);
  const read = limiter.take(1, 'read', 1_000).catch((error: unknown) => error);
  await vi.advanceTimersByTimeAsync(1_000);
  expect(await read).toBeInstanceOf(RateLimited);
  await vi.advanceTimersByTimeAsync(60_000);
  (await exit)();
});

test('no more requests than slots are under way, and reads leave some free', async () => {
  const limiter = createRateLimiter({ weightPerMinute: PER_MINUTE, maxInFlight: 10 });
  const releases: (() => void)[] = [];
  const take = async (priority: Priority) => releases.push(await limiter.take(1, priority, 60_000));
  for (let i = 0; i < 20; i++) void take('read');
  await vi.advanceTimersByTimeAsync(10);
  expect(releases).toHaveLength(8);
  for (let i = 0; i < 4; i++) void take('exit');
  await vi.advanceTimersByTimeAsync(10);
  expect(releases).toHaveLength(10);
  releases[0]?.();
  await vi.advanceTimersByTimeAsync(10);
  expect(releases).toHaveLength(11);
  releases[0]?.();
  await vi.advanceTimersByTimeAsync(10);
  expect(releases).toHaveLength(11);
});

test('what an answer cost on top is paid by those who come later', async () => {
  const limiter = createRateLimiter({ weightPerMinute: PER_MINUTE });
  limiter.charge(AT_ONCE);
  const log: string[] = [];
  void note(limiter, log, 'exit', 10, 'exit');
  await vi.advanceTimersByTimeAsync(1_300);
  expect(log).toEqual([]);
  await vi.advanceTimersByTimeAsync(200);
  expect(log).toEqual(['exit']);
});

test('closing turns everyone away', async () => {
  const limiter = createRateLimiter({ weightPerMinute: PER_MINUTE });
  limiter.drain();
  const waiting = limiter.take(100, 'read', 60_000);
  limiter.close();
  await expect(waiting).rejects.toThrow(RateLimited);
  await expect(limiter.take(1, 'exit', 60_000)).rejects.toThrow(RateLimited);
});
