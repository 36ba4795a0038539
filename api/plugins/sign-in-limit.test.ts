import { beforeEach, expect, test } from 'vitest';
import { ProblemError } from '../problem.ts';
import { createSignInLimit, type SignInLimit } from './sign-in-limit.ts';

let time = 0;
let limit: SignInLimit;
beforeEach(() => {
  time = 1_000;
  limit = createSignInLimit(() => time);
});

/** How long the address has to wait, in seconds; null when it may try. */
function waitOf(address: string, credential: string): number | null {
  try {
    limit.check({ address, credential });
    return null;
  } catch (error) {
    return error instanceof ProblemError ? (error.retryAfterS ?? null) : null;
  }
}

function fail(address: string, ...credentials: string[]): void {
  for (const credential of credentials) limit.failed({ address, credential });
}

const guesses = (count: number) => Array.from({ length: count }, (_, index) => `guess ${index}`);

test('ten wrong keys shut an address out for the rest of its minute, with the right key too', () => {
  fail('::1', ...guesses(9));
  expect(waitOf('::1', 'right')).toBeNull();
  time += 20_000;
  fail('::1', 'one more');
  expect([waitOf('::1', 'right'), waitOf('::2', 'right')]).toEqual([40, null]);
  time += 40_000;
  expect(waitOf('::1', 'right')).toBeNull();
});

test('one wrong key again and again shuts out only itself', () => {
  fail('::1', ...Array.from({ length: 30 }, () => 'of yesterday'));
  expect([waitOf('::1', 'of yesterday'), waitOf('::1', 'right')]).toEqual([60, null]);
});

test('addresses without number do not fill the memory', () => {
  for (let index = 0; index < 6_000; index += 1) fail(`address ${index}`, ...guesses(10));
  expect([waitOf('address 5999', 'x'), waitOf('address 0', 'x')]).toEqual([60, null]);
});
