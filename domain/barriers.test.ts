import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { barriersArb } from '#tests/support/exit-arbitraries.ts';
import { defaultBarriers, mergeSmallLegs, resolveBarriers, tightenOnly, type Barriers } from './barriers.ts';
import { amount } from './money.ts';
import { parseBarriers } from './parse-barriers.ts';

const tick = { priceRule: { kind: 'step', tick: '0.5' } } as const;

const refusalOf = (barriers: Barriers, side: 'long' | 'short') => {
  const resolved = resolveBarriers(barriers, { side, entryPrice: '100' });
  return resolved.ok ? null : resolved.refusal.code;
};

const ladder = (...fractions: number[]) =>
  fractions.map((fraction, index) => ({ leg: index + 1, price: String(101 + index), fraction }));

const fractions = (merged: { leg: number; fraction: number }[]) =>
  merged.map(({ leg, fraction }) => [leg, fraction]);

const total = (each: { fraction: number }[]) => each.reduce((all, { fraction }) => all + fraction, 0);

describe('resolving', () => {
  test('percents are of the entry price, on the side they belong to', () => {
    const barriers: Barriers = {
      stopLoss: { pct: 5 },
      takeProfits: [
        { pct: 8, fraction: 0.5 },
        { price: '48000', fraction: 0.25 },
      ],
      breakEven: { afterTakeProfit: 1, offsetPct: 0.1 },
      trailing: [{ activatesAtPct: 2, distancePct: 1 }],
      timeLimitMs: 1000,
    };
    expect(resolveBarriers(barriers, { side: 'short', entryPrice: '50000' })).toEqual({
      ok: true,
      value: {
        stop: '52500',
        targets: [
          { leg: 1, price: '48000', fraction: 0.25 },
          { leg: 2, price: '46000', fraction: 0.5 },
        ],
        breakEven: { afterTakeProfit: 1, price: '49950' },
        trailing: [{ activatesAt: '49000', distancePct: 1 }],
        timeLimitMs: 1000,
      },
    });
  });

  test('on a grid a stop is never looser and a target never nearer than asked', () => {
    const barriers: Barriers = { stopLoss: { pct: 3.3 }, takeProfits: [{ pct: 3.3, fraction: 1 }] };
    const on = (side: 'long' | 'short') => {
      const resolved = resolveBarriers(barriers, { side, entryPrice: '101', instrument: tick });
      return resolved.ok && [resolved.value.stop, resolved.value.targets[0]?.price];
    };
    // Exactly 97.667 and 104.333.
    expect(on('long')).toEqual(['98', '104.5']);
    expect(on('short')).toEqual(['104', '97.5']);
  });

  test('percents that carry binary noise mean what they say', () => {
    const resolved = resolveBarriers({ stopLoss: { pct: 0.07 * 100 } }, { side: 'long', entryPrice: '100' });
    expect(resolved).toMatchObject({ ok: true, value: { stop: '93' } });
  });

  test('a level on the wrong side is refused with its code', () => {
    expect(refusalOf({ stopLoss: { price: '100' } }, 'long')).toBe('wrong_side_stop');
    expect(refusalOf({ stopLoss: { price: '99' } }, 'short')).toBe('wrong_side_stop');
    expect(refusalOf({ takeProfits: [{ price: '99', fraction: 1 }] }, 'long')).toBe('wrong_side_target');
    expect(refusalOf({ takeProfits: [{ pct: 120, fraction: 1 }] }, 'short')).toBe('wrong_side_target');
    expect(refusalOf(defaultBarriers(), 'short')).toBeNull();
  });
});

describe('merging small legs', () => {
  const instrument = { lot: '0.001', minNotionalUsd: '10' };

  test('a leg below the minimum joins the next one, a small last one the one before', () => {
    expect(fractions(mergeSmallLegs(ladder(0.05, 0.45, 0.5), '1', '100', instrument))).toEqual([
      [2, 0.5],
      [3, 0.5],
    ]);
    expect(fractions(mergeSmallLegs(ladder(0.5, 0.05, 0.05), '1', '100', instrument))).toEqual([
      [1, 0.5],
      [3, 0.1],
    ]);
    expect(fractions(mergeSmallLegs(ladder(0.5, 0.05), '1', '100', instrument))).toEqual([[1, 0.55]]);
    expect(mergeSmallLegs(ladder(0.05), '1', '100', instrument)).toEqual([]);
  });

  test('every leg left is an order the venue accepts, and nothing is added or lost', () => {
    const ladderArb = fc
      .array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 5 })
      .map((shares) => ladder(...shares.map((share) => share / 1000)));
    fc.assert(
      fc.property(ladderArb, fc.integer({ min: 1, max: 5000 }), (legs, thousandths) => {
        const size = amount(thousandths).div(1000);
        const merged = mergeSmallLegs(legs, size, '100', instrument);
        expect([0, total(legs)].some((whole) => Math.abs(whole - total(merged)) < 1e-9)).toBe(true);
        expect(merged.every(({ fraction }) => size.mul(fraction).mul(100).gte(10))).toBe(true);
      }),
    );
  });
});

test('a stop is only ever tightened', () => {
  expect(tightenOnly('long', '95', '96')).toBe('96');
  expect(tightenOnly('long', '95', '94')).toBe('95');
  expect(tightenOnly('short', '105', '106')).toBe('105');
  expect(tightenOnly('short', null, '106')).toBe('106');
});

describe('reading from outside', () => {
  test('valid barriers come through unchanged', () => {
    fc.assert(
      fc.property(barriersArb, (barriers) => {
        const input: unknown = JSON.parse(JSON.stringify(barriers));
        expect(parseBarriers(input)).toEqual({ ok: true, barriers });
      }),
    );
    expect(parseBarriers({ stopLoss: null, takeProfits: [] })).toEqual({ ok: true, barriers: {} });
  });

  test.each([
    [[], ''],
    [{ stoploss: { pct: 5 } }, 'stoploss'],
    [{ stopLoss: {} }, 'stopLoss'],
    [{ stopLoss: { pct: 5, price: '1' } }, 'stopLoss'],
    [{ stopLoss: { pct: 100 } }, 'stopLoss.pct'],
    [{ stopLoss: { pct: '5' } }, 'stopLoss.pct'],
    [{ stopLoss: { price: 47500 } }, 'stopLoss.price'],
    [{ stopLoss: { price: '-1' } }, 'stopLoss.price'],
    [{ takeProfits: {} }, 'takeProfits'],
    [{ takeProfits: Array.from({ length: 6 }, () => ({ pct: 1, fraction: 0.1 })) }, 'takeProfits'],
    [{ takeProfits: [{ pct: 1 }] }, 'takeProfits[0].fraction'],
    [
      {
        takeProfits: [
          { pct: 1, fraction: 0.6 },
          { pct: 2, fraction: 0.6 },
        ],
      },
      'takeProfits',
    ],
    [{ takeProfits: [{ pct: 1, fraction: 0.6, size: 1 }] }, 'takeProfits[0].size'],
    [{ breakEven: { afterTakeProfit: 0, offsetPct: 0 } }, 'breakEven.afterTakeProfit'],
    [{ trailing: [{ activatesAtPct: 0 }] }, 'trailing[0].distancePct'],
    [
      {
        trailing: [
          { activatesAtPct: 2, distancePct: 1 },
          { activatesAtPct: 1, distancePct: 1 },
        ],
      },
      'trailing[1].activatesAtPct',
    ],
    [{ timeLimitMs: 1.5 }, 'timeLimitMs'],
  ])('%j names %s', (input, field) => {
    const parsed = parseBarriers(input);
    expect(parsed.ok ? [] : parsed.problems.map((problem) => problem.field)).toEqual([field]);
  });
});
