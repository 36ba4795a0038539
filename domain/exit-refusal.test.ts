import { expect, test } from 'vitest';
import { pauseAfterRefusals } from './exit-refusal.ts';

test('a refusal that passes is asked again soon, one that lasts ever more rarely', () => {
  const pauses = (code: string) => [1, 2, 3, 20, 2_000].map((times) => pauseAfterRefusals(code, times));
  expect(pauses('ioc_no_match')).toEqual([250, 500, 1_000, 5_000, 5_000]);
  expect(pauses('reduce_only_would_increase')).toEqual([1_000, 2_000, 4_000, 60_000, 60_000]);
  expect(pauses('a text nobody has seen yet')).toEqual(pauses('signer_unknown'));
});
