import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isLegalSize, minimumSize } from './instrument.ts';
import { HYPERLIQUID_MAINTENANCE, liquidationPrice } from './liquidation.ts';
import { amount } from './money.ts';
import { DEFAULT_LIMITS, sizePosition, type SizingRequest } from './sizing.ts';

const request = (changes: Partial<SizingRequest> = {}): SizingRequest => ({
  model: { mode: 'fixedNotional', notionalUsd: '500' },
  side: 'long',
  entryPrice: '50000',
  stopPrice: '47500',
  marketScore: null,
  instrument: { lot: '0.00001', minNotionalUsd: '10', maxLeverage: 40 },
  maintenance: HYPERLIQUID_MAINTENANCE,
  backedBy: 'account',
  account: {
    equityUsd: '10000',
    freeMarginUsd: '10000',
    spareEquityUsd: '10000',
    openUsd: '0',
    openPositions: 0,
  },
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
      value: {
        size: '0.01',
        notionalUsd: '500',
        leverage: 1,
        marginUsd: '500',
        liquidationPrice: null,
        cappedBy: null,
      },
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

  test('500 USD at a score of 0.623 make 6.23 %, which is 31.15 USD', () => {
    const account = { ...request().account, equityUsd: '500' };
    const instrument = { ...request().instrument, lot: '0.000001' };
    const model = { mode: 'equityPercent' as const };
    expect(notional({ model, account, instrument, marketScore: 0.623 })).toBe('31.15');
  });

  test('a weight takes its share of every model, before the limits', () => {
    expect(notional({ weightPct: 40 })).toBe('200');
    expect(notional({ model: { mode: 'equityPercent' }, weightPct: 40 })).toBe('400');
    expect(notional({ model: { mode: 'equityPercent', percent: 300 }, weightPct: 50 })).toBe('9891');
    expect(notional({ weightPct: 0 })).toBe('too_small');
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
    const roomy = { ...request().account, freeMarginUsd: '20000' };
    expect(sizePosition(request({ model, account: roomy }))).toMatchObject({
      value: { notionalUsd: '10000', cappedBy: 'trade_leverage' },
    });
    const lent = { leverage: 5, limits: { ...DEFAULT_LIMITS, maxLeverage: 5 }, account: roomy };
    expect(sizePosition(request({ model, ...lent }))).toMatchObject({
      value: { notionalUsd: '50000', marginUsd: '10000' },
    });
    expect(notional({ model, ...lent, instrument: { ...request().instrument, maxLeverage: 3 } })).toBe(
      '30000',
    );
    expect(notional({ model, ...lent, leverage: 2 })).toBe('20000');
    expect(notional({ model, ...lent, limits: { ...lent.limits, maxNotionalUsd: '2000' } })).toBe('2000');
  });

  test('free margin leaves room for an entry that fills worse and for its fee', () => {
    const model = { mode: 'fixedNotional' as const, notionalUsd: '1000000' };
    const account = { ...request().account, freeMarginUsd: '100' };
    expect(sizePosition(request({ model, account }))).toMatchObject({
      value: { notionalUsd: '98.5', cappedBy: 'free_margin' },
    });
    const lent = { leverage: 10, limits: { ...DEFAULT_LIMITS, maxLeverage: 10 } };
    const sizing = sizePosition(request({ model, account, ...lent }));
    const value = sizing.ok ? amount(sizing.value.notionalUsd) : amount('0');
    // The margin of a fill 1 % worse, and 0.1 % of its value.
    expect(value.mul('1.01').div(10).add(value.mul('0.001')).lte(100)).toBe(true);
    expect(value.gt(970)).toBe(true);
  });

  describe('a stop that the venue would not live to see', () => {
    const lent = { leverage: 10, limits: { ...DEFAULT_LIMITS, maxLeverage: 10 } };
    const asked = (changes: Partial<SizingRequest> = {}) =>
      sizePosition(
        request({
          model: { mode: 'fixedNotional', notionalUsd: '10000' },
          stopPrice: '44000',
          account: {
            equityUsd: '1000',
            freeMarginUsd: '1200',
            spareEquityUsd: '1000',
            openUsd: '0',
            openPositions: 0,
          },
          ...lent,
          ...changes,
        }),
      );
    const stopIsFirst = (notionalUsd: string, marginUsd: string, changes: Partial<SizingRequest> = {}) => {
      const { side, entryPrice, instrument, maintenance } = request(changes);
      const leverage = amount(notionalUsd).div(marginUsd).toNumber();
      return Number(liquidationPrice({ side, entryPrice, instrument, maintenance }, leverage)) < 44_000;
    };

    test('backed by the account, the position is smaller', () => {
      const sizing = asked();
      expect(sizing).toMatchObject({ value: { cappedBy: 'liquidation', leverage: 10 } });
      expect(sizing.ok && stopIsFirst(sizing.value.notionalUsd, '1000')).toBe(true);
    });

    test('backed by its own margin, it gets a lower leverage', () => {
      const sizing = asked({ backedBy: 'own_margin' });
      expect(sizing).toMatchObject({ value: { leverage: 6, notionalUsd: '6000' } });
      expect(sizing.ok && stopIsFirst(sizing.value.notionalUsd, sizing.value.marginUsd)).toBe(true);
    });

    test('what the account cannot back at all is refused', () => {
      const short = { side: 'short' as const, stopPrice: '150000', backedBy: 'own_margin' as const };
      expect(asked(short)).toMatchObject({ refusal: { code: 'stop_beyond_liquidation' } });
      const account = { ...request().account, spareEquityUsd: '1' };
      expect(asked({ account })).toMatchObject({ refusal: { code: 'stop_beyond_liquidation' } });
    });
  });

  test('what is open in the account counts, whoever opened it', () => {
    const model = { mode: 'fixedNotional' as const, notionalUsd: '1000000' };
    const account = { ...request().account, freeMarginUsd: '20000', openUsd: '7000' };
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
            account: { equityUsd, freeMarginUsd, spareEquityUsd: equityUsd, openUsd, openPositions: 0 },
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
