import { describe, expect, test } from 'vitest';
import { asId, type ClientOrderId } from '#domain/ids.ts';
import { amount } from '#domain/money.ts';
import type { OrderRequest } from '../../venue.ts';
import { planClose, planOpen, type ClosingPrice, type OpeningTerms } from './commands.ts';
import type { Pair } from '../market/pairs.ts';
import type { OpenTrade } from '../accounts/positions.ts';
import type { OstiumPrice } from '../market/prices.ts';

const pair: Pair = {
  index: 2,
  minLeverage: 1,
  maxLeverage: 100,
  openingFeeBps: 3,
  instrument: {
    venue: 'ostium',
    symbol: 'EUR-USD',
    venueSymbol: 'EUR-USD',
    venueAssetId: 2,
    priceRule: { kind: 'step', tick: '0.00001' },
    lot: '0.000001',
    minNotionalUsd: '5',
    maxLeverage: 100,
    onlyIsolated: false,
    tradable: true,
  },
};

const price: OstiumPrice = {
  symbol: 'EUR-USD',
  bid: '1.0999',
  mid: '1.1',
  ask: '1.1001',
  isOpen: true,
  time: Date.now(),
};

const order = (changes: Partial<OrderRequest>): OrderRequest => ({
  clientOrderId: asId<ClientOrderId>('t/entry/0/0'),
  instrument: pair.instrument,
  side: 'buy',
  kind: 'ioc',
  size: '1000',
  price: '1.111',
  triggerPrice: null,
  reduceOnly: false,
  ...changes,
});

const terms = (changes: Partial<OpeningTerms> = {}): OpeningTerms => ({
  pair,
  price,
  leverage: 10,
  fundsUsd: amount('10000'),
  staleMs: 60_000,
  ...changes,
});

const stopAt = (triggerPrice: string) =>
  order({ kind: 'stop_trigger', triggerPrice, side: 'sell', reduceOnly: true });

describe('opening', () => {
  test('collateral is the value at the price to be had over the leverage; the rest at chain scale', () => {
    const target = order({
      kind: 'take_profit_trigger',
      triggerPrice: '1.2',
      side: 'sell',
      reduceOnly: true,
    });
    expect(planOpen([order({}), stopAt('1.05'), target], terms())).toEqual({
      trade: {
        collateral: 110_010_000n,
        openPrice: 1_100_100_000_000_000_000n,
        tp: 1_200_000_000_000_000_000n,
        sl: 1_050_000_000_000_000_000n,
        leverage: 1_000n,
        pairIndex: 2,
        index: 0,
        buy: true,
        isDayTrade: false,
      },
      slippage: 99n,
    });
  });

  test('sellers are judged by the bid', () => {
    const plan = planOpen([order({ side: 'sell', price: '1.0889' })], terms());
    expect(plan).toMatchObject({ trade: { buy: false, openPrice: 1_099_900_000_000_000_000n } });
  });

  test('a trade of all the funds is made to fit them, one of more is left to the venue to refuse', () => {
    const all = planOpen([order({})], terms({ leverage: 1, fundsUsd: amount('1100') }));
    expect(all).toMatchObject({ trade: { collateral: 1_100_000_000n } });
    const more = planOpen([order({})], terms({ leverage: 1, fundsUsd: amount('500') }));
    expect(more).toMatchObject({ trade: { collateral: 1_100_100_000n } });
  });

  test.each<[string, string, Partial<OpeningTerms>, OrderRequest[]]>([
    ['a pair that is gone', 'not_tradable', { pair: null }, [order({})]],
    ['a closed market', 'market_closed', { price: { ...price, isOpen: false } }, [order({})]],
    ['an old price', 'no_price', { price: { ...price, time: Date.now() - 61_000 } }, [order({})]],
    ['no price', 'no_price', { price: null }, [order({})]],
    ['a price past the limit', 'ioc_no_match', {}, [order({ price: '1.1' })]],
    ['too much leverage', 'leverage_out_of_range', { leverage: 101 }, [order({})]],
    ['a stop past liquidation', 'trigger_price_invalid', { leverage: 20 }, [order({}), stopAt('1.04')]],
  ])('%s is refused before anything is sent', (_what, code, changes, orders) => {
    expect(planOpen(orders, terms(changes))).toMatchObject({ kind: 'rejected', code });
  });
});

describe('closing', () => {
  const trade: OpenTrade = {
    tradeId: 7n,
    pair,
    index: 0,
    isLong: true,
    collateral: 100_000_000n,
    leverage: 1_000n,
    openPrice: 1_100_100_000_000_000_000n,
    notional: 900_000_000_000_000_000_000n,
    stop: 0n,
    takeProfit: 0n,
  };
  const exit = (size: string) => order({ side: 'sell', size, price: '1.04', reduceOnly: true });

  test.each([
    ['900', 10_000n],
    ['1000', 10_000n],
    ['450', 5_000n],
    ['300', 3_333n],
    ['0.0001', 1n],
  ])('%s of 900 is %d hundredths of a percent', (size, percentage) => {
    expect(
      planClose(exit(size), { trade, positionSize: null }, { price, isCurrent: true }, 60_000),
    ).toMatchObject({ percentage });
  });

  test.each<[string, string, string, bigint | null]>([
    ['none of a part', '225', '1125', null],
    ['some of a part', '300', '1000', 2_222n],
    ['a part, when it was the rest', '1125', '1125', 10_000n],
    ['more than a part', '225', '1800', null],
    ['a part the books know of', '225', '900', 2_500n],
  ])('what was closed and is not booked yet leaves %s', (_what, size, positionSize, percentage) => {
    const plan = planClose(exit(size), { trade, positionSize }, { price, isCurrent: true }, 60_000);
    const refused = { kind: 'denied', code: 'close_pending' };
    expect(plan).toMatchObject(percentage === null ? refused : { percentage });
  });

  test('a closed market is waited for, since the position has to be closed all the same', () => {
    const closed = { price: { ...price, isOpen: false }, isCurrent: true };
    expect(planClose(exit('900'), { trade, positionSize: null }, closed, 60_000)).toMatchObject({
      kind: 'denied',
      code: 'market_closed',
    });
  });

  const bid = 1_099_900_000_000_000_000n;
  const limit = 1_040_000_000_000_000_000n;
  test.each<[string, ClosingPrice, bigint]>([
    ['old', { price: { ...price, time: Date.now() - 61_000 }, isCurrent: true }, bid],
    ['the last one known', { price, isCurrent: false }, bid],
    ['the last one of a closed market', { price: { ...price, isOpen: false }, isCurrent: false }, bid],
    ['unknown', { price: null, isCurrent: false }, limit],
  ])('where the price is %s, the trade is closed at whatever price there is', (_what, known, wanted) => {
    const plan = planClose(exit('900'), { trade, positionSize: null }, known, 60_000);
    expect(plan).toEqual({ percentage: 10_000n, wanted, slippage: 9_999n });
  });
});
