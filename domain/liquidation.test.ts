import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  highestLeverage,
  isBeyondLiquidation,
  HYPERLIQUID_MAINTENANCE,
  liquidationPrice,
  OSTIUM_MAINTENANCE,
  type PlannedPosition,
} from './liquidation.ts';

const long: PlannedPosition = {
  side: 'long',
  entryPrice: '100',
  instrument: { maxLeverage: 50 },
  maintenance: HYPERLIQUID_MAINTENANCE,
};
const short: PlannedPosition = { ...long, side: 'short' };
const atOstium = { maintenance: OSTIUM_MAINTENANCE };

describe('the price of liquidation', () => {
  test('Hyperliquid’s documented example: 0.0335 ETH with raw USD of -95.059824 and 50x', () => {
    // Entry 2,987.3 gives a margin of 0.0335 x 2,987.3 - 95.059824 = 5.014726.
    const leverage = (0.0335 * 2_987.3) / (0.0335 * 2_987.3 - 95.059824);
    const position = { ...long, entryPrice: '2987.3' };
    expect(Number(liquidationPrice(position, leverage))).toBeCloseTo(2_866.2693, 2);
  });

  test.each([
    ['a long at 10x', long, 10, 100 - (10 - 1) / (1 - 0.01)],
    ['a short at 10x', short, 10, 100 + (10 - 1) / (1 + 0.01)],
    ['a long at 10x on Ostium', { ...long, ...atOstium }, 10, 100 - 10 * (1 - 0.25 * (10 / 50))],
    ['a short at 50x on Ostium', { ...short, ...atOstium }, 50, 100 + 2 * 0.75],
  ])('%s', (_name, position, leverage, price) => {
    expect(Number(liquidationPrice(position, leverage))).toBeCloseTo(price, 5);
  });

  test('a long without leverage is never liquidated, a short is', () => {
    expect(liquidationPrice(long, 1)).toBeNull();
    expect(Number(liquidationPrice(short, 1))).toBeCloseTo(100 + 99 / 1.01, 4);
  });
});

describe('the highest leverage of a stop', () => {
  test.each([
    ['12 % at a market of 50x: no 10x', long, '88', 1 / (0.12 * 1.1 + 0.01 * 0.88)],
    ['a short, 12 %', short, '112', 1 / (0.12 * 1.1 + 0.01 * 1.12)],
    ['a short whose stop is at three times the price', short, '300', 1 / (2 * 1.1 + 0.01 * 3)],
  ])('%s', (_name, position, stop, leverage) => {
    expect(highestLeverage(position, stop)).toBeCloseTo(leverage, 9);
  });

  test('a stop in profit bounds nothing', () => {
    expect(highestLeverage(long, '101')).toBe(Infinity);
  });

  test('a stop within it lies before the liquidation, whatever the market', () => {
    const arb = fc.record({
      side: fc.constantFrom('long' as const, 'short' as const),
      maxLeverage: fc.integer({ min: 2, max: 200 }),
      maintenance: fc.constantFrom(HYPERLIQUID_MAINTENANCE, OSTIUM_MAINTENANCE),
      lossPct: fc.integer({ min: 1, max: 9_000 }).map((bps) => bps / 100),
    });
    fc.assert(
      fc.property(arb, ({ side, maxLeverage, maintenance, lossPct }) => {
        const position = { side, entryPrice: '100', instrument: { maxLeverage }, maintenance };
        const stop = side === 'long' ? 100 - lossPct : 100 + lossPct;
        const leverage = highestLeverage(position, String(stop));
        const liquidated = liquidationPrice(position, leverage);
        if (liquidated === null) return;
        expect(side === 'long' ? stop > Number(liquidated) : stop < Number(liquidated)).toBe(true);
      }),
    );
  });
});

test.each([
  ['a long', 'long', '91', '90', false],
  ['a long at the price itself', 'long', '90', '90', true],
  ['a long', 'long', '89', '90', true],
  ['a short', 'short', '109', '110', false],
  ['a short', 'short', '111', '110', true],
  ['a position that no price liquidates', 'long', '1', null, false],
] as const)(
  '%s: whether a %s with its stop at %s is liquidated before, at %s',
  (_name, side, stop, at, is) => {
    expect(isBeyondLiquidation(side, stop, at)).toBe(is);
  },
);
