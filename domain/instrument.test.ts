import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isLegalPrice,
  isLegalSize,
  minimumSize,
  roundPrice,
  roundSizeDown,
  type PriceRule,
} from './instrument.ts';
import { amount } from './money.ts';

const ruleArb: fc.Arbitrary<PriceRule> = fc.oneof(
  fc.constantFrom('0.01', '0.5', '5', '0.00001', '0.0025').map((tick) => ({ kind: 'step' as const, tick })),
  fc.integer({ min: 0, max: 6 }).map((decimals) => ({ kind: 'significant' as const, figures: 5, decimals })),
);
/** From 0.000001 to 10 million, with up to 8 decimals. */
const priceArb = fc
  .tuple(fc.integer({ min: 1, max: 99_999_999 }), fc.integer({ min: -6, max: 0 }))
  .map(([digits, exponent]) => amount(digits).mul(amount(10).pow(exponent)));
const lotArb = fc.constantFrom('1', '0.1', '0.001', '0.00001', '10');
const significant = (figures: number, decimals: number) => ({
  priceRule: { kind: 'significant' as const, figures, decimals },
});

describe('prices', () => {
  test('Hyperliquid: five figures, some decimals, whole numbers always', () => {
    const btc = significant(5, 1);
    expect(roundPrice(btc, '51480.27', 'nearest').toFixed()).toBe('51480');
    expect(roundPrice(btc, '123456.7', 'down').toFixed()).toBe('123456');
    expect(roundPrice(significant(5, 6), '0.0123456', 'up').toFixed()).toBe('0.012346');
    expect(roundPrice(significant(5, 4), '0.0123456', 'down').toFixed()).toBe('0.0123');
    expect(isLegalPrice(btc, '123457')).toBe(true);
    expect(isLegalPrice(btc, '1234.56')).toBe(false);
    expect(isLegalPrice(btc, '0')).toBe(false);
  });

  test('rounding is legal, stays on its side, and changes nothing the second time', () => {
    fc.assert(
      fc.property(ruleArb, priceArb, (priceRule, price) => {
        const [down, up] = [roundPrice({ priceRule }, price, 'down'), roundPrice({ priceRule }, price, 'up')];
        const nearest = roundPrice({ priceRule }, price, 'nearest');
        expect(down.lte(price) && up.gte(price) && (nearest.eq(down) || nearest.eq(up))).toBe(true);
        for (const rounded of [down, up, nearest].filter((each) => each.gt(0))) {
          expect(isLegalPrice({ priceRule }, rounded)).toBe(true);
          expect(roundPrice({ priceRule }, rounded, 'up').eq(rounded)).toBe(true);
          expect(roundPrice({ priceRule }, rounded, 'down').eq(rounded)).toBe(true);
        }
      }),
    );
  });
});

describe('sizes', () => {
  test('are never rounded up, and end on whole lots', () => {
    fc.assert(
      fc.property(lotArb, priceArb, (lot, size) => {
        const rounded = roundSizeDown({ lot }, size);
        expect(rounded.lte(size) && size.sub(rounded).lt(amount(lot))).toBe(true);
        expect(rounded.isZero() || isLegalSize({ lot }, rounded)).toBe(true);
      }),
    );
  });

  test('the minimum is the smallest legal size of enough value', () => {
    fc.assert(
      fc.property(lotArb, priceArb, (lot, price) => {
        const instrument = { lot, minNotionalUsd: '10' };
        const minimum = minimumSize(instrument, price);
        expect(isLegalSize(instrument, minimum) && minimum.mul(price).gte(10)).toBe(true);
        const oneLotLess = minimum.sub(amount(lot));
        expect(oneLotLess.isZero() || oneLotLess.mul(price).lt(10)).toBe(true);
      }),
    );
  });
});
