import { expect, test } from 'vitest';
import { isStuck } from './is-stuck.ts';

const NON_DETERMINISTIC = 24;
const OTHER = 1;
const NOW = 1_800_000_000_000;
const AN_HOUR_MS = 3_600_000;
const OUT_OF_ORDER = '[TMPRL1100] History is out of order. Last processed event: 12';
const OTHER_CODE = '[TMPRL1100] Nondeterminism error: No command scheduled for event HistoryEvent(id: 7)';
const completed = { workflowTaskCompletedEventAttributes: {} };
const failed = (cause: number, message = OUT_OF_ORDER, at = NOW) => ({
  eventTime: { seconds: at / 1_000 },
  workflowTaskFailedEventAttributes: { cause, failure: { message } },
});
const signaled = { workflowExecutionSignaledEventAttributes: {} };

test('a workflow whose history is out of order is broken once its tasks fail again and again', () => {
  const failures = [failed(NON_DETERMINISTIC), signaled, failed(NON_DETERMINISTIC)];
  expect(isStuck([completed, ...failures], 1, NOW)).toBeNull();
  expect(isStuck([completed, ...failures, signaled, failed(NON_DETERMINISTIC)], 1, NOW)).toBe('broken');
  expect(isStuck([completed, failed(NON_DETERMINISTIC)], 5, NOW)).toBe('broken');
});

test('one that another version of the code may replay is left to a rollback for an hour', () => {
  const events = [completed, failed(NON_DETERMINISTIC, OTHER_CODE)];
  expect(isStuck(events, 5, NOW)).toBe('mismatched');
  expect(isStuck(events, 5, NOW + AN_HOUR_MS - 1)).toBe('mismatched');
  expect(isStuck(events, 5, NOW + AN_HOUR_MS)).toBe('broken');
});

test('one that goes on, or fails for another reason, is not stuck', () => {
  const failures = Array.from({ length: 9 }, () => failed(NON_DETERMINISTIC));
  expect(isStuck([...failures, completed], 9, NOW)).toBeNull();
  expect(isStuck([completed, ...failures.map(() => failed(OTHER))], 9, NOW)).toBeNull();
  expect(isStuck([], 9, NOW)).toBeNull();
});
