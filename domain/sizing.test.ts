import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isLegalSize, minimumSize } from './instrument.ts';
import { amount } from './money.ts';
import { DEFAULT_LIMITS, sizePosition, type SizingRequest } from './sizing.ts';

const request = (changes: Partial<SizingRequest> = {}): SizingRequest => ({
  model: { mode: 'fixedNotional', notionalUsd: '500' },
  entryPrice: '50000',
  stopPrice: '47500',
  marketScore: null,
  instrument: { lot: '0.00001', minNotionalUsd: '10', maxLeverage: 40 },
  account: { equityUsd: '10000', freeMarginUsd: '10000', openUsd: '0', openPositions: 0 },
  leverage: 1,
  limits: DEFAULT_LIMITS,
  ...changes,
});

const notional = (changes: Partial<SizingRequest>) => {
  const sizing = sizePosition(request(changes));
  return sizing.ok ? sizing.value.notionalUsd : sizing.refusal.code;
};

describe('sizing', () => {
  test('a fixed notional, rounded down to the lot', () => {
    expect(sizePosition(request({ model: { mode: 'fixedNotional', notionalUsd: '500.3' } }))).toEqual({
      ok: true,
      value: { size: '0.01', notionalUsd: '500', marginUsd: '500', cappedBy: null },
    });
  });

  test('equity percent, scaled by the market score', () => {
    const model = { mode: 'equityPercent' as const };
    expect(notional({ model })).toBe('1000');
    expect(notional({ model: { ...model, percent: 25 } })).toBe('2500');
    expect(notional({ model, marketScore: 1 })).toBe('1000');
    expect(notional({ model: { ...model, percent: 25 }, marketScore: 0.5 })).toBe('500');
    expect(notional({ model, marketScore: 0 })).toBe('score_not_positive');
    expect(notional({ marketScore: -0.2 })).toBe('score_not_positive');
  });

  test('risk percent: what is lost at the stop is the share of equity', () => {
    const model = { mode: 'riskPercent' as const };
    // 2 % of 10,000 is 200; 2,500 are lost per coin: 0.08 coins.
    expect(notional({ model })).toBe('4000');
    expect(notional({ model: { ...model, percent: 1 }, stopPrice: '52500' })).toBe('2000');
    expect(notional({ model, stopPrice: null })).toBe('stop_needed');
  });

  test('caps: leverage of the limits and of the instrument, notional, free margin', () => {
    const model = { mode: 'fixedNotional' as const, notionalUsd: '1000000' };
    expect(sizePosition(request({ model }))).toMatchObject({
      value: { notionalUsd: '10000', cappedBy: 'trade_leverage' },
    });
    const lent = { leverage: 5, limits: { ...DEFAULT_LIMITS, maxLeverage: 5 } };
    expect(sizePosition(request({ model, ...lent }))).toMatchObject({
      value: { notionalUsd: '50000', marginUsd: '10000' },
    });
    expect(notional({ model, ...lent, instrument: { ...request().instrument, maxLeverage: 3 } })).toBe(
      '30000',
    );
    expect(notional({ model, ...lent, leverage: 2 })).toBe('20000');
    expect(notional({ model, ...lent, limits: { ...lent.limits, maxNotionalUsd: '2000' } })).toBe('2000');
    const account = { equityUsd: '10000', freeMarginUsd: '100', openUsd: '0', openPositions: 0 };
    expect(sizePosition(request({ model, account }))).toMatchObject({
      value: { notionalUsd: '100', cappedBy: 'free_margin' },
    });
  });

  test('what is open in the account counts, whoever opened it', () => {
    const model = { mode: 'fixedNotional' as const, notionalUsd: '1000000' };
    const account = { ...request().account, openUsd: '7000' };
    expect(sizePosition(request({ model, account }))).toMatchObject({
      value: { notionalUsd: '3000', cappedBy: 'account_leverage' },
    });
    const lent = { leverage: 1, limits: { ...DEFAULT_LIMITS, maxLeverage: 3 } };
    expect(notional({ model, ...lent, account })).toBe('10000');
    expect(notional({ model, ...lent, account: { ...account, openUsd: '25000' } })).toBe('5000');
    expect(sizePosition(request({ model, account: { ...account, openUsd: '12000' } }))).toMatchObject({
      refusal: { code: 'leverage_reached', text: expect.stringMatching(/Open: 12000 of 10000 USD\.$/u) },
    });
  });

  test('refusals', () => {
    const { account } = request();
    expect(notional({ account: { ...account, openPositions: 3 } })).toBe('limit_reached');
    expect(notional({ account: { ...account, freeMarginUsd: '0' } })).toBe('no_margin');
    expect(notional({ account: { ...account, freeMarginUsd: '9' } })).toBe('no_margin');
    expect(notional({ account: { ...account, equityUsd: '0' } })).toBe('no_equity');
    expect(notional({ model: { mode: 'fixedNotional', notionalUsd: '9.99' } })).toBe('too_small');
    expect(sizePosition(request({ model: { mode: 'fixedNotional', notionalUsd: '5' } }))).toMatchObject({
      refusal: { text: expect.stringMatching(/comes to 0\.0001; the smallest is 0\.0002\.$/u) },
    });
  });

  test('a size is always legal, enough, and within every cap', () => {
    const usd = fc.integer({ min: 0, max: 10_000_000 }).map((cents) => String(cents / 100));
    const modelArb = fc.oneof(
      fc.record({ mode: fc.constant('fixedNotional' as const), notionalUsd: usd }),
      fc.record({
        mode: fc.constantFrom('equityPercent' as const, 'riskPercent' as const),
        percent: fc.nat(100),
      }),
    );
    const arb = fc.record({
      model: modelArb,
      equityUsd: usd,
      freeMarginUsd: usd,
      openUsd: usd,
      maxNotionalUsd: fc.option(usd),
      maxLeverage: fc.integer({ min: 1, max: 10 }),
      lot: fc.constantFrom('1', '0.01', '0.00001'),
      entryPrice: usd.map((price) => String(Number(price) + 0.01)),
    });
    fc.assert(
      fc.property(
        arb,
        ({ model, equityUsd, freeMarginUsd, openUsd, maxNotionalUsd, maxLeverage, lot, entryPrice }) => {
          const asked = request({
            model,
            entryPrice,
            stopPrice: amount(entryPrice).mul(0.95).toFixed(),
            instrument: { lot, minNotionalUsd: '10', maxLeverage: 5 },
            account: { equityUsd, freeMarginUsd, openUsd, openPositions: 0 },
            leverage: maxLeverage,
            limits: { maxLeverage, maxNotionalUsd, maxOpenPositions: 1 },
          });
          const sizing = sizePosition(asked);
          fc.pre(sizing.ok);
          const value = amount(sizing.value.notionalUsd);
          const leverage = Math.min(maxLeverage, 5);
          expect(isLegalSize(asked.instrument, sizing.value.size)).toBe(true);
          expect(amount(sizing.value.size).gte(minimumSize(asked.instrument, entryPrice))).toBe(true);
          expect(value.lte(amount(equityUsd).mul(leverage))).toBe(true);
          expect(value.add(openUsd).lte(amount(equityUsd).mul(maxLeverage))).toBe(true);
          expect(value.lte(amount(freeMarginUsd).mul(leverage))).toBe(true);
          expect(maxNotionalUsd === null || value.lte(amount(maxNotionalUsd))).toBe(true);
        },
      ),
    );
  });
});
