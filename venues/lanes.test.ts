import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLanes, LaneBusy } from './lanes.ts';

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const sleep = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms));

test('one key runs one after the other, in order; other keys do not wait', async () => {
  const lanes = createLanes({ maxWaiting: 10, maxWaitMs: 1_000 });
  const log: string[] = [];
  const work = (name: string, ms: number) => async () => {
    log.push(`${name} starts`);
    await sleep(ms);
    log.push(`${name} ends`);
  };
  const all = [
    lanes.run('a', work('first', 100)),
    lanes.run('a', work('second', 1)),
    lanes.run('b', work('other', 10)),
  ];
  await vi.runAllTimersAsync();
  await Promise.all(all);
  expect(log).toEqual([
    'first starts',
    'other starts',
    'other ends',
    'first ends',
    'second starts',
    'second ends',
  ]);
});

test('a failure is the caller’s and does not stop the lane', async () => {
  const lanes = createLanes({ maxWaiting: 10, maxWaitMs: 1_000 });
  const failed = lanes.run('a', () => Promise.reject(new Error('boom')));
  const next = lanes.run('a', () => Promise.resolve('ran'));
  await expect(failed).rejects.toThrow('boom');
  await expect(next).resolves.toBe('ran');
});

test('work whose turn is too far off is never started', async () => {
  const lanes = createLanes({ maxWaiting: 1, maxWaitMs: 1_000 });
  const started: string[] = [];
  const work = (name: string) => () => {
    started.push(name);
    return sleep(5_000);
  };
  const first = lanes.run('a', work('first'));
  const second = lanes.run('a', work('second')).catch((error: unknown) => error);
  await expect(lanes.run('a', work('third'))).rejects.toThrow(LaneBusy);
  await vi.runAllTimersAsync();
  await first;
  expect(await second).toBeInstanceOf(LaneBusy);
  expect(started).toEqual(['first']);
});
