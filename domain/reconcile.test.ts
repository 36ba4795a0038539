import { expect, test } from 'vitest';
import { asId, type ClientOrderId, type TradeId, type VenueOrderId } from './ids.ts';
import type { OrderReport } from './order.ts';
import {
  findDifferences,
  openedAt,
  standing,
  type AccountLook,
  type BookedTrade,
  type HeldPosition,
} from './reconcile.ts';

const STOP = asId<ClientOrderId>('0x01');
const TARGET = asId<ClientOrderId>('0x02');
const TRADE: BookedTrade = {
  tradeId: asId<TradeId>('t1'),
  phase: 'open',
  symbol: 'BTC',
  side: 'long',
  remainingSize: '2',
  beside: '0',
  positionId: null,
  stopOrder: STOP,
  stopPrice: '95',
  targets: [{ legNumber: 1, order: TARGET, price: '110' }],
};
const POSITION: HeldPosition = { symbol: 'BTC', size: '2', entryPrice: '100' };
const RESTS: OrderReport = {
  clientOrderId: STOP,
  venueOrderId: null,
  status: 'resting',
  size: '2',
  filledSize: '0',
  averagePrice: null,
  triggerPrice: '95.0',
  code: null,
  text: null,
};
const TARGET_RESTS = { ...RESTS, clientOrderId: TARGET, triggerPrice: '110' };

/** An account in which books and venue agree, but for `changes`. */
const look = (changes: Partial<AccountLook> = {}): AccountLook => ({
  trades: [TRADE],
  positions: [POSITION],
  outlived: new Map(),
  stops: new Map([
    [STOP, RESTS],
    [TARGET, TARGET_RESTS],
  ]),
  resting: [],
  ...changes,
});

const kinds = (changes: Partial<AccountLook>) => findDifferences(look(changes)).map(({ kind }) => kind);

test('books that agree with the venue differ in nothing', () => {
  expect(kinds({})).toEqual([]);
});

test.each(['opening', 'closing', 'settling'] as const)(
  'a trade that is %s is left to its own workflow, whatever the venue shows',
  (phase) => {
    const trades = [{ ...TRADE, phase }];
    expect(kinds({ trades, positions: [] })).toEqual([]);
    expect(kinds({ trades, positions: [{ ...POSITION, size: '7' }] })).toEqual([]);
  },
);

test('each difference is named', () => {
  expect(kinds({ trades: [] })).toEqual(['unknown_position']);
  expect(kinds({ positions: [] })).toEqual(['position_gone']);
  expect(kinds({ positions: [{ ...POSITION, size: '1' }] })).toEqual(['size_differs']);
  expect(kinds({ positions: [{ ...POSITION, size: '-2' }] })).toEqual(['position_gone']);
  expect(kinds({ stops: new Map([[TARGET, TARGET_RESTS]]) })).toEqual(['stop_gone']);
  const canceled: OrderReport = { ...TARGET_RESTS, status: 'canceled' };
  expect(
    kinds({
      stops: new Map([
        [STOP, RESTS],
        [TARGET, canceled],
      ]),
    }),
  ).toEqual(['target_gone']);
  expect(kinds({ stops: new Map([[STOP, RESTS]]) })).toEqual(['target_gone']);
  const moved = { ...RESTS, triggerPrice: '96' };
  expect(
    kinds({
      stops: new Map([
        [STOP, moved],
        [TARGET, TARGET_RESTS],
      ]),
    }),
  ).toEqual(['order_moved']);
});

test('what another hand is known to hold beside ours is no difference', () => {
  const trades = [{ ...TRADE, beside: '3' }];
  expect(kinds({ trades, positions: [{ ...POSITION, size: '5' }] })).toEqual([]);
  expect(kinds({ trades })).toEqual(['size_differs']);
});

test('where positions stand apart, each is compared with the trade of its id, and others are the owner’s', () => {
  const [ours, other] = [asId<VenueOrderId>('17'), asId<VenueOrderId>('18')];
  const trades = [{ ...TRADE, positionId: ours }];
  const own = { ...POSITION, positionId: ours };
  const opposite = { ...POSITION, positionId: other, size: '-2' };
  expect(kinds({ trades, positions: [opposite, own] })).toEqual([]);
  expect(kinds({ trades, positions: [opposite] })).toEqual(['position_gone']);
  expect(kinds({ trades: [], positions: [opposite] })).toEqual([]);
  const outlived = new Map([[other, TRADE.tradeId]]);
  expect(kinds({ trades: [], positions: [opposite], outlived })).toEqual(['trade_outlived']);
});

test('a difference that is gone, or another one, at the second look is not acted on', () => {
  const first = findDifferences(look({ positions: [{ ...POSITION, size: '1' }] }));
  expect(standing(first, findDifferences(look()))).toEqual([]);
  expect(standing(first, findDifferences(look({ positions: [{ ...POSITION, size: '0.5' }] })))).toEqual([]);
  expect(standing(first, first)).toEqual(first);
});

test('a position is as old as the fill before which there was none or one the other way round', () => {
  const fill = (side: 'buy' | 'sell', size: string, time: number) => ({ side, size, time });
  const fills = [fill('sell', '1', 1), fill('buy', '3', 2), fill('sell', '1', 3), fill('buy', '1', 4)];
  expect(openedAt('2', fills)).toBe(2);
  expect(openedAt('5', fills)).toBeNull();
});
