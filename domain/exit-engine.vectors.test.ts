import { describe, expect, test } from 'vitest';
import * as vectors from '#tests/support/exit-vectors.ts';
import { simulate } from './simulate.ts';

const table = vectors.referenceExits('table');
const fuzz = vectors.referenceExits('fuzz');

const isOurs = (entry: vectors.ReferenceCase) => vectors.hasOneTarget(entry, entry.ticks);

function run(policy: vectors.MarginPolicy, observations: ReturnType<typeof vectors.convertTicks>) {
  const [first] = observations;
  if (!first) throw new Error(`${policy.name} has no prices`);
  const entry = { price: first.price, t: first.t };
  const options = { side: policy.side, feeBps: 0 };
  const simulated = simulate(vectors.convertPolicy(policy), entry, observations, options);
  if (!simulated.ok) throw new Error(simulated.refusal.text);
  return simulated.value;
}

/** What came of a case, in the terms its expectation is put in. */
function outcome(entry: vectors.ReferenceCase) {
  const { legs, pnlPct } = run(entry, vectors.convertTicks(entry.ticks));
  return {
    legs: legs.map((leg) => ({ ...leg, price: Number(leg.price) })),
    profitOnMargin: (pnlPct / 100) * entry.leverage,
  };
}

const expectation = (entry: vectors.ReferenceCase) => ({
  legs: [
    {
      reason: vectors.convertReason(entry, entry.expected),
      price: expect.closeTo(entry.expected.closeRate, 6),
      t: entry.expected.closeTick * vectors.HOUR_MS,
      fraction: 1,
    },
  ],
  // The reference rounds the amounts it trades, which shows in the fifth decimal of its profit.
  profitOnMargin: expect.closeTo(entry.expected.profitRatio, 4),
});

describe('reference exits', () => {
  test('as many are held as the fixtures promise', () => {
    expect([table.exits, table.cases.length, table.cases.filter(isOurs).length]).toEqual([61, 26, 26]);
    expect([fuzz.exits, fuzz.cases.length, fuzz.cases.filter(isOurs).length]).toEqual([274, 169, 166]);
  });

  test.each(table.cases.filter(isOurs))('table $name: $expected.reason', (entry) => {
    expect(outcome(entry)).toEqual(expectation(entry));
  });

  test.each(fuzz.cases.filter(isOurs))('random $name: $expected.reason', (entry) => {
    expect(outcome(entry)).toEqual(expectation(entry));
  });
});

describe('reference edges', () => {
  /** Where our rule differs on purpose, and what it gives. */
  const ours: Record<string, { reason: string; price: string }> = {
    // A target fills on touch; there it takes a price beyond it.
    b_tp_exact: { reason: 'take_profit', price: '105' },
    // A print that jumps over the stop fills at the print; there the candle may come back to the level.
    b_gap_then_retouch: { reason: 'stop_loss', price: '85' },
  };

  test.each(vectors.boundaryExits())('$name: $note', (entry) => {
    const result = run(entry, vectors.convertCandles(entry));
    const reason = vectors.convertReason(entry, entry.expected);
    const theirs = reason === null ? [] : [{ reason, price: vectors.plain(entry.expected.closeRate) }];
    const own = ours[entry.name];
    expect(result.legs.map(({ reason: why, price }) => ({ reason: why, price }))).toEqual(
      own ? [own] : theirs,
    );
  });
});
