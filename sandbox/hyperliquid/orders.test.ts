import { afterEach, beforeEach, expect, it } from 'vitest';
import { TRADER, cloid, limit, openDesk, trigger } from './testing.ts';
import type { TradingDesk } from './testing.ts';

let desk: TradingDesk;
beforeEach(async () => {
  desk = await openDesk();
});
afterEach(() => desk.close());

it('fills an immediate order at the book and shows the position', async () => {
  const { exchange, info } = desk;
  const answer = await exchange.order({
    orders: [limit({ b: true, p: '105000', s: '0.01', c: cloid(1) })],
    grouping: 'na',
  });
  expect(answer.response.data.statuses).toEqual([
    { filled: { totalSz: '0.01', avgPx: '100000.0', oid: expect.any(Number), cloid: cloid(1) } },
  ]);
  const state = await info.clearinghouseState({ user: TRADER });
  expect(state.marginSummary.accountValue).toBe('9999.55');
  expect(state.assetPositions[0]?.position).toMatchObject({ coin: 'BTC', szi: '0.01', entryPx: '100000.0' });
  expect(await info.userFills({ user: TRADER })).toMatchObject([
    {
      coin: 'BTC',
      px: '100000.0',
      sz: '0.01',
      side: 'B',
      dir: 'Open Long',
      closedPnl: '0.0',
      fee: '0.45',
      cloid: cloid(1),
    },
  ]);
});

it('places attached stop and target when the entry fills, and cancels one when the other closes the position', async () => {
  const { exchange, info, sandbox } = desk;
  const { response } = await exchange.order({
    orders: [
      limit({ b: true, p: '105000', s: '0.01', c: cloid(1) }),
      trigger('sl', { b: false, p: '95000', s: '0.01', c: cloid(2) }),
      trigger('tp', { b: false, p: '110000', s: '0.01', c: cloid(3) }),
    ],
    grouping: 'normalTpsl',
  });
  expect(response.data.statuses).toMatchObject([{ filled: {} }, 'waitingForTrigger', 'waitingForTrigger']);
  expect(await info.frontendOpenOrders({ user: TRADER })).toHaveLength(2);
  sandbox.setPrice('BTC', 94_990);
  expect(await info.orderStatus({ user: TRADER, oid: cloid(2) })).toMatchObject({
    order: { status: 'filled' },
  });
  expect(await info.orderStatus({ user: TRADER, oid: cloid(3) })).toMatchObject({
    order: { status: 'siblingFilledCanceled' },
  });
  const { assetPositions, marginSummary } = await info.clearinghouseState({ user: TRADER });
  expect(assetPositions).toEqual([]);
  expect(marginSummary.accountValue).toBe('9949.022545');
});
