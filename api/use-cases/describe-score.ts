import { scoreOf, type InputWeights } from '#domain/scoring/market-score.ts';
import { isScorePart, SCORE_PARTS } from '#domain/scoring/score-parts.ts';
import { MAX_SCORE_AGE_MS } from '#domain/scoring/score-use.ts';
import type { ScoreRow } from '#prisma/repositories/market-indicators.ts';
import type { Score } from '../schemas/score.ts';

interface Reading {
  weights: InputWeights;
  now: number;
  /** The newest score that was known. */
  known: ScoreRow | null;
}

/** Returns a score with everything that explains it. */
export function describeScore(row: ScoreRow, { weights, now, known }: Reading): Score {
  const { symbol, at, pricedAt, version, inputs } = row;
  const { venue, candleCoverage, notes } = inputs;
  const parts = inputs.parts.filter(isScorePart);
  const [long, short] = [scoreOf(parts, 'long', weights), scoreOf(parts, 'short', weights)];
  const ageMs = Math.max(0, now - pricedAt);
  return {
    symbol,
    at,
    pricedAt,
    ageMs,
    isFresh: ageMs <= MAX_SCORE_AGE_MS,
    version,
    venue,
    candleCoverage,
    notes: [...notes],
    long: { value: long.value, coverage: long.coverage },
    short: { value: short.value, coverage: short.coverage },
    parts: parts.map(({ name, value, inputs: numbers }, index) => {
      const { isDirectional, formula } = SCORE_PARTS[name];
      return {
        name,
        value,
        weight: long.contributions[index]?.weight ?? 0,
        isDirectional,
        formula,
        inputs: { ...numbers },
        addsToLong: long.contributions[index]?.adds ?? null,
        addsToShort: short.contributions[index]?.adds ?? null,
      };
    }),
    lastKnown: row.value === null ? lastOf(known) : null,
  };
}

const lastOf = (known: ScoreRow | null): Score['lastKnown'] =>
  known === null || known.value === null ? null : { value: known.value, pricedAt: known.pricedAt };
