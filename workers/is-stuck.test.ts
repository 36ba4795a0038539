import { expect, test } from 'vitest';
import { isStuck } from './is-stuck.ts';

const NON_DETERMINISTIC = 24;
const OTHER = 1;
const completed = { workflowTaskCompletedEventAttributes: {} };
const failed = (cause: number) => ({ workflowTaskFailedEventAttributes: { cause } });
const signaled = { workflowExecutionSignaledEventAttributes: {} };

test('a workflow whose tasks fail to replay again and again is stuck', () => {
  const failures = [failed(NON_DETERMINISTIC), signaled, failed(NON_DETERMINISTIC)];
  expect(isStuck([completed, ...failures], 1)).toBe(false);
  expect(isStuck([completed, ...failures, signaled, failed(NON_DETERMINISTIC)], 1)).toBe(true);
  expect(isStuck([completed, failed(NON_DETERMINISTIC)], 5)).toBe(true);
});

test('one that goes on, or fails for another reason, is not', () => {
  const failures = Array.from({ length: 9 }, () => failed(NON_DETERMINISTIC));
  expect(isStuck([...failures, completed], 9)).toBe(false);
  expect(isStuck([completed, ...failures.map(() => failed(OTHER))], 9)).toBe(false);
  expect(isStuck([], 9)).toBe(false);
});
