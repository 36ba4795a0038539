import { afterEach, expect, test, vi } from 'vitest';
import { forwardNow } from './clocks.ts';

afterEach(() => void vi.useRealTimers());

test('a wall clock that is set ahead is followed, and one that is set back is not', () => {
  vi.useFakeTimers({ toFake: ['Date', 'performance'] });
  const begin = forwardNow();
  vi.advanceTimersByTime(1_000);
  expect(forwardNow() - begin).toBeCloseTo(1_000, 0);
  vi.setSystemTime(Date.now() + 86_400_000);
  const ahead = forwardNow();
  expect(ahead - begin).toBeGreaterThanOrEqual(86_400_000);
  vi.setSystemTime(Date.now() - 7 * 86_400_000);
  expect(forwardNow() - ahead).toBeCloseTo(0, 0);
  vi.advanceTimersByTime(500);
  expect(forwardNow() - ahead).toBeCloseTo(500, 0);
});
