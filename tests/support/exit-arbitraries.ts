import * as fc from 'fast-check';
import type { Barriers } from '#domain/barriers.ts';
import type { PriceObservation } from '#domain/exit-engine.ts';

/** Two decimals between the bounds. */
const hundredths = (min: number, max: number) =>
  fc.integer({ min: min * 100, max: max * 100 }).map((value) => value / 100);

const optional = <Value>(value: fc.Arbitrary<Value>) => fc.option(value, { nil: undefined });

const takeProfits = fc
  .array(fc.record({ pct: hundredths(0.1, 15), share: fc.integer({ min: 1, max: 10 }) }), {
    minLength: 1,
    maxLength: 5,
  })
  .chain((rungs) =>
    fc.integer({ min: 0, max: 10 }).map((rest) => {
      const shares = rungs.reduce((total, { share }) => total + share, rest);
      return rungs.map(({ pct, share }) => ({ pct, fraction: Math.floor((share / shares) * 1e6) / 1e6 }));
    }),
  );

/** Steps whose distance never grows, so that a further step is never a looser one. */
const narrowingTrail = fc
  .array(fc.tuple(hundredths(0, 8), hundredths(0.1, 6)), { minLength: 1, maxLength: 4 })
  .map((steps) => {
    const activations = steps.map(([activatesAtPct]) => activatesAtPct).sort((a, b) => a - b);
    const distances = steps.map(([, distancePct]) => distancePct).sort((a, b) => b - a);
    return activations.map((activatesAtPct, index) => ({
      activatesAtPct,
      distancePct: distances[index] ?? 1,
    }));
  });

interface Parts {
  stopLoss: { pct: number } | undefined;
  takeProfits: Barriers['takeProfits'] | undefined;
  breakEven: Barriers['breakEven'] | undefined;
  trailing: Barriers['trailing'] | undefined;
  timeLimitMs: number | undefined;
}

/** Returns the barriers without undefined parts, as a signal has them. */
const given = (parts: Parts): Barriers =>
  Object.fromEntries(Object.entries(parts).filter(([, value]) => value !== undefined));

/** Valid barriers in percent, each part there or not. */
export const barriersArb = fc
  .record<Parts>({
    stopLoss: optional(fc.record({ pct: hundredths(0.1, 12) })),
    takeProfits: optional(takeProfits),
    breakEven: optional(
      fc.record({ afterTakeProfit: fc.integer({ min: 1, max: 5 }), offsetPct: hundredths(0, 1) }),
    ),
    trailing: optional(narrowingTrail),
    timeLimitMs: optional(fc.integer({ min: 1, max: 3_000_000 })),
  })
  .map(given);

/** Prices around 100, one a minute, some of them jumps. */
export const pathArb: fc.Arbitrary<PriceObservation[]> = fc
  .array(fc.record({ price: hundredths(85, 115), gap: fc.boolean() }), { maxLength: 40 })
  .map((steps) =>
    steps.map(({ price, gap }, index) => ({ price: String(price), t: (index + 1) * 60_000, gap })),
  );
