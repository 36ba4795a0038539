import { expect, test } from 'vitest';
import { createBreaker } from './breaker.ts';
import { failureOf } from './failure.ts';

function setup() {
  const clock = { ms: 1_000 };
  const pauses: string[] = [];
  const breaker = createBreaker(
    (why) => void pauses.push(why),
    () => clock.ms,
  );
  return { clock, pauses, breaker };
}

const DOWN = failureOf('unavailable', '500');

test('three failures in a row begin a pause, and one request at a time finds out whether it is over', () => {
  const { clock, pauses, breaker } = setup();
  breaker.note(DOWN);
  breaker.note(DOWN);
  expect(breaker.refusal()).toBeNull();
  breaker.note(DOWN);
  expect(breaker.refusal()).toBe('not asked: the model is left alone after unavailable: 500');
  clock.ms += 15_000;
  expect(breaker.refusal()).toBeNull();
  expect(breaker.refusal()).not.toBeNull();
  breaker.note(DOWN);
  expect(breaker.refusal()).not.toBeNull();
  clock.ms += 15_000;
  expect(breaker.refusal()).toBeNull();
  breaker.note(null);
  expect([breaker.refusal(), breaker.refusal()]).toEqual([null, null]);
  expect(pauses).toEqual(['unavailable: 500']);
});

test('an answer between failures, also one that cannot be read, starts the count again', () => {
  const { breaker } = setup();
  for (const end of [DOWN, DOWN, failureOf('unparsable', 'x'), DOWN, DOWN]) breaker.note(end);
  expect(breaker.refusal()).toBeNull();
});

test('a limit is kept as long as it says, and a wrong key for a minute', () => {
  const { clock, breaker } = setup();
  breaker.note(failureOf('unavailable', '429', 4_000));
  clock.ms += 3_999;
  expect(breaker.refusal()).not.toBeNull();
  clock.ms += 1;
  expect(breaker.refusal()).toBeNull();
  breaker.note(failureOf('misconfigured', '401'));
  clock.ms += 59_999;
  expect(breaker.refusal()).not.toBeNull();
  clock.ms += 1;
  expect(breaker.refusal()).toBeNull();
});
