import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { feeUsd, roundTripFeePct } from './fees.ts';
import { SIDES } from './ids.ts';
import { amount, decimalString, sum } from './money.ts';
import { fillsPnl, type PricedFill } from './pnl.ts';

const fill = (price: string, size: string, fee = '0'): PricedFill => ({ price, size, feeUsd: fee });

const hundredths = (min: number, max: number) => fc.integer({ min, max }).map((value) => String(value / 100));

const fillsArb = (min: number) =>
  fc.array(
    fc.record({
      price: hundredths(1, 1_000_000),
      size: hundredths(1, 10_000),
      feeUsd: hundredths(-100, 1000),
    }),
    { minLength: min, maxLength: 6 },
  );

describe('profit from fills', () => {
  test('a long that entered in two fills and left in two', () => {
    const entries = [fill('100', '1', '0.05'), fill('110', '1', '0.05')];
    expect(
      fillsPnl('long', entries, [fill('120', '0.5', '0.03'), fill('90', '1.5', '0.07')], '-0.1'),
    ).toEqual({
      entryPrice: '105',
      exitPrice: '97.5',
      entrySize: '2',
      exitSize: '2',
      openSize: '0',
      grossUsd: '-15',
      feesUsd: '0.2',
      fundingUsd: '-0.1',
      netUsd: '-15.3',
      netPct: -7.28571429,
    });
  });

  test('a part still open counts with its fees only', () => {
    expect(fillsPnl('short', [fill('100', '2', '0.1')], [fill('90', '0.5', '0.02')])).toMatchObject({
      openSize: '1.5',
      grossUsd: '5',
      netUsd: '4.88',
    });
    expect(fillsPnl('long', [], [])).toMatchObject({
      entryPrice: null,
      exitPrice: null,
      netUsd: '0',
      netPct: 0,
    });
  });

  test('the exits one by one add up to the whole, for either side', () => {
    fc.assert(
      fc.property(fc.constantFrom(...SIDES), fillsArb(1), fillsArb(0), (side, entries, exits) => {
        const whole = fillsPnl(side, entries, exits);
        const legs = exits.map((exit) => amount(fillsPnl(side, entries, [exit]).grossUsd));
        expect(sum(legs).sub(amount(whole.grossUsd)).abs().lt('0.00000001')).toBe(true);
        const opposite = fillsPnl(side === 'long' ? 'short' : 'long', entries, exits);
        expect(amount(opposite.grossUsd).add(amount(whole.grossUsd)).isZero()).toBe(true);
      }),
    );
  });

  test('the break-even offset earns both fees back, hardly more', () => {
    const feesArb = fc.record({ entryBps: hundredths(0, 2000), exitBps: hundredths(0, 2000) });
    fc.assert(
      fc.property(feesArb, fc.constantFrom(...SIDES), (bps, side) => {
        const flatUsd = '0.1';
        const fees = { entryBps: Number(bps.entryBps), exitBps: Number(bps.exitBps), flatUsd };
        const offset = amount(roundTripFeePct(fees, '100')).div(100);
        const exit = amount(100).mul(side === 'long' ? offset.add(1) : amount(1).sub(offset));
        const paid = decimalString(amount(feeUsd('100', fees.entryBps)).add(flatUsd));
        const entered = fill('100', '1', paid);
        const { netUsd } = fillsPnl(side, [entered], [fill(exit.toFixed(), '1', feeUsd(exit, fees.exitBps))]);
        expect(Number(netUsd)).toBeGreaterThanOrEqual(0);
        expect(Number(netUsd)).toBeLessThan(0.002);
      }),
    );
  });
});
