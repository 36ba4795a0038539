import { assert, constantFrom, double, integer, property } from 'fast-check';
import { describe, expect, test } from 'vitest';
import { FULL_WEIGHTS } from './market-score.ts';
import type { ScorePart } from './score-parts.ts';
import { MAX_SCORE_AGE_MS, SCORE_USES, UNKNOWN_SCORE, useScore, type ScoreUse } from './score-use.ts';

const NOW = 1_800_000_000_000;

/** A market whose score for a long position is `value`. */
const stored = (value: number, ageMs = 0) => {
  const parts = (['trend', 'momentum', 'volatility', 'liquidity', 'positioning'] as const).map(
    (name): ScorePart => ({ name, value, inputs: {} }),
  );
  return { parts, pricedAt: NOW - ageMs };
};
const use = (how: ScoreUse, score: ReturnType<typeof stored> | null) =>
  useScore({ use: how, weights: FULL_WEIGHTS }, score, { side: 'long', now: NOW });

test('an agent that uses no score is sized and refused by none', () => {
  expect(use('off', stored(-1)).sizedBy).toBeNull();
  expect(use('off', null).sizedBy).toBeNull();
});

describe('a known score', () => {
  test('sizes by its value', () => {
    expect(use('scale_and_veto', stored(0.623))).toMatchObject({ value: 0.623, sizedBy: 0.623 });
    expect(use('scale', stored(0.623)).sizedBy).toBe(0.623);
  });

  test.each([0, -0.2])('of %d is a refusal where the agent says so, and a small size where not', (value) => {
    expect(use('scale_and_veto', stored(value)).sizedBy).toBe(value);
    expect(use('veto', stored(value)).sizedBy).toBe(value);
    expect(use('scale', stored(value)).sizedBy).toBe(0.1);
  });

  test('above zero leaves the size of an agent alone that only lets it refuse', () => {
    expect(use('veto', stored(0.2)).sizedBy).toBeNull();
  });
});

test('a stored score without parts, or with parts of another version, is unknown and stops nothing', () => {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- what another version may have stored
  const strange = [{ name: 'whales', value: -1, inputs: {} }] as unknown as ScorePart[];
  for (const parts of [[], strange])
    expect(use('scale_and_veto', { parts, pricedAt: NOW })).toMatchObject({ value: null, sizedBy: 0.5 });
});

describe('an unknown score', () => {
  test('refuses nothing', () => {
    for (const how of SCORE_USES)
      for (const score of [null, stored(-1, MAX_SCORE_AGE_MS + 1)]) {
        const { value, sizedBy } = use(how, score);
        if (how === 'off') continue;
        expect(value).toBeNull();
        expect(sizedBy === null || sizedBy > 0).toBe(true);
      }
  });

  test('sizes no larger than half, and no larger than the score that grew old', () => {
    expect(use('scale', null).sizedBy).toBe(UNKNOWN_SCORE);
    expect(use('scale', stored(0.9, MAX_SCORE_AGE_MS + 1)).sizedBy).toBe(UNKNOWN_SCORE);
    expect(use('scale', stored(0.2, MAX_SCORE_AGE_MS + 1)).sizedBy).toBe(0.2);
    expect(use('scale', stored(0.2, MAX_SCORE_AGE_MS)).value).toBe(0.2);
  });

  test('never trades larger than the one it was', () => {
    assert(
      property(
        double({ min: -1, max: 1, noNaN: true }),
        integer({ min: 1, max: 1_000_000_000 }),
        constantFrom<ScoreUse>('scale', 'scale_and_veto'),
        (value, extraMs, how) => {
          const known = use(how, stored(value)).sizedBy ?? NaN;
          const unknown = use(how, stored(value, MAX_SCORE_AGE_MS + extraMs)).sizedBy ?? NaN;
          expect(unknown).toBeLessThanOrEqual(Math.max(known, 0.1));
        },
      ),
    );
  });
});
