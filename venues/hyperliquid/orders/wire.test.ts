import { describe, expect, test } from 'vitest';
import { asId, type AccountId, type ClientOrderId } from '#domain/ids.ts';
import type { Instrument } from '#domain/instrument.ts';
import type { OrderRequest } from '../../venue.ts';
import { fills as fillsSchema, openOrder } from '../http/schemas.ts';
import { fillsOf } from '../accounts/fills.ts';
import { mayHaveFilled, reportOfStatus } from '../accounts/order-status.ts';
import { reportOfAnswer, toWire } from './wire.ts';

const bitcoin: Instrument = {
  venue: 'hyperliquid',
  symbol: 'BTC',
  venueSymbol: 'BTC',
  venueAssetId: 3,
  priceRule: { kind: 'significant', figures: 5, decimals: 1 },
  lot: '0.00001',
  minNotionalUsd: '10',
  maxLeverage: 40,
  onlyIsolated: false,
  tradable: true,
};
const entry: OrderRequest = {
  clientOrderId: asId<ClientOrderId>('0x00000000000000000000000000000001'),
  instrument: bitcoin,
  side: 'buy',
  kind: 'ioc',
  size: '0.5',
  price: '50500',
  triggerPrice: null,
  reduceOnly: false,
};
const stop: OrderRequest = {
  ...entry,
  side: 'sell',
  kind: 'stop_trigger',
  price: '43000',
  triggerPrice: '47500',
  reduceOnly: true,
};

describe('an order on the wire', () => {
  test('an entry is a limit order that fills at once or not at all', () => {
    expect(toWire(entry)).toEqual({
      a: 3,
      b: true,
      p: '50500',
      s: '0.5',
      r: false,
      t: { limit: { tif: 'Ioc' } },
      c: '0x00000000000000000000000000000001',
    });
  });

  test('stops and targets are reduce-only trigger orders that execute at market', () => {
    expect(toWire(stop).t).toEqual({ trigger: { isMarket: true, triggerPx: '47500', tpsl: 'sl' } });
    const target = toWire({ ...stop, kind: 'take_profit_trigger', triggerPrice: '52000' });
    expect(target.t).toEqual({ trigger: { isMarket: true, triggerPx: '52000', tpsl: 'tp' } });
    expect(() => toWire({ ...stop, triggerPrice: null })).toThrow(RangeError);
  });
});

describe('the answer to an order', () => {
  const accepted = {
    clientOrderId: entry.clientOrderId,
    venueOrderId: null,
    status: 'waiting',
    size: '0.5',
    filledSize: '0',
    averagePrice: null,
    code: null,
    text: null,
  };

  test('children wait for their parent, triggers stand armed', () => {
    expect(reportOfAnswer(stop, 'waitingForFill')).toEqual(accepted);
    expect(reportOfAnswer(stop, 'waitingForTrigger')).toEqual({ ...accepted, status: 'resting' });
    expect(reportOfAnswer(stop, { resting: { oid: 77 } })).toEqual({
      ...accepted,
      status: 'resting',
      venueOrderId: '77',
    });
  });

  test('an entry that filled in part is over', () => {
    const filled = { ...accepted, venueOrderId: '9', averagePrice: '50001.5' };
    expect(reportOfAnswer(entry, { filled: { oid: 9, totalSz: '0.5', avgPx: '50001.5' } })).toEqual({
      ...filled,
      status: 'filled',
      filledSize: '0.5',
    });
    expect(reportOfAnswer(entry, { filled: { oid: 9, totalSz: '0.2', avgPx: '50001.5' } })).toEqual({
      ...filled,
      status: 'canceled',
      filledSize: '0.2',
    });
  });

  test('an order refused inside an accepted action says why', () => {
    const error = 'Order could not immediately match against any resting orders. asset=3';
    expect(reportOfAnswer(entry, { error })).toEqual({
      ...accepted,
      status: 'rejected',
      code: 'ioc_no_match',
      text: error,
    });
  });
});

const listed = (sz: string) =>
  openOrder.parse({
    coin: 'BTC',
    side: 'B',
    limitPx: '50500.0',
    sz,
    origSz: '0.50',
    oid: 9,
    timestamp: 1_700_000_000_000,
    cloid: '0x00000000000000000000000000000001',
  });

describe('an order looked up', () => {
  test.each([
    ['open', '0.5', 'resting', '0', null],
    ['open', '0.3', 'partly_filled', '0.2', null],
    ['triggered', '0.5', 'resting', '0', null],
    ['filled', '0.0', 'filled', '0.5', null],
    ['canceled', '0.5', 'canceled', '0', 'canceled'],
    ['canceled', '0.3', 'canceled', '0.2', 'canceled'],
    ['siblingFilledCanceled', '0.5', 'canceled', '0', 'sibling_filled'],
    ['scheduledCancel', '0.5', 'canceled', '0', 'scheduled_cancel'],
    ['perpMarginRejected', '0.5', 'rejected', '0', 'insufficient_margin'],
    ['iocCancelRejected', '0.3', 'canceled', '0.2', 'ioc_no_match'],
  ])('%s with %s left is %s, %s filled', (word, left, status, filledSize, code) => {
    const report = reportOfStatus(listed(left), word, { size: filledSize, averagePrice: '50000' });
    expect(report).toMatchObject({ status, filledSize, size: '0.5', venueOrderId: '9', code });
  });
});

test('a reduce-only order that shrank with its position filled what its fills say', () => {
  const shrunk = openOrder.parse({ ...listed('0.2'), side: 'A', reduceOnly: true, isTrigger: true });
  const nothing = { size: '0', averagePrice: null };
  expect(mayHaveFilled(shrunk, 'open')).toBe(false);
  expect(reportOfStatus(shrunk, 'open', nothing)).toMatchObject({ status: 'resting', filledSize: '0' });
  expect(mayHaveFilled(shrunk, 'siblingFilledCanceled')).toBe(true);
  expect(reportOfStatus(shrunk, 'siblingFilledCanceled', nothing)).toMatchObject({
    status: 'canceled',
    filledSize: '0',
    averagePrice: null,
  });
  const filled = { size: '0.2', averagePrice: '47490' };
  expect(reportOfStatus({ ...shrunk, sz: '0' }, 'filled', filled)).toMatchObject({
    status: 'filled',
    filledSize: '0.2',
    averagePrice: '47490',
  });
});

test('fills lose their trailing zeros and spot pairs, and only the one liquidated is told so', () => {
  const me = asId<AccountId>('0x00000000000000000000000000000000000000aa');
  const fill = {
    coin: 'BTC',
    px: '50001.50',
    sz: '0.20',
    side: 'A',
    time: 1_700_000_000_000,
    closedPnl: '-12.0',
    startPosition: '-0.50',
    oid: 9,
    fee: '4.5',
    tid: 123,
    liquidation: { liquidatedUser: me.toUpperCase().replace('0X', '0x') },
  };
  const other = { ...fill, tid: 124, liquidation: { liquidatedUser: '0xbb' }, cloid: '0xAB' };
  const read = fillsOf(me, fillsSchema.parse([fill, other, { ...fill, coin: '@107' }]));
  expect(read).toEqual([
    {
      symbol: 'BTC',
      venueFillId: '123',
      venueOrderId: '9',
      clientOrderId: null,
      side: 'sell',
      price: '50001.5',
      size: '0.2',
      feeUsd: '4.5',
      closedPnlUsd: '-12',
      liquidation: true,
      positionBefore: '-0.5',
      time: 1_700_000_000_000,
    },
    expect.objectContaining({ venueFillId: '124', clientOrderId: '0xab', liquidation: false }),
  ]);
});
