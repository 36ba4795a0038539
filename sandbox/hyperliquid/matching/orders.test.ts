import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { BTC, ETH, TRADER, cloid, limit, openTrader, statusesOf, trigger } from '../testing.ts';
import type { SandboxTrader } from '../testing.ts';

let trader: SandboxTrader;
beforeEach(async () => {
  trader = await openTrader();
});
afterEach(() => trader.close());

describe('immediate orders', () => {
  it('fill at the book and show the position', async () => {
    const { info } = trader;
    expect(await statusesOf(trader, [limit({ b: true, p: '105000', s: '0.01', c: cloid(1) })])).toEqual([
      { filled: { totalSz: '0.01', avgPx: '100000.0', oid: expect.any(Number), cloid: cloid(1) } },
    ]);
    const state = await info.clearinghouseState({ user: TRADER });
    expect(state.marginSummary.accountValue).toBe('9999.55');
    expect(state.assetPositions[0]?.position).toMatchObject({
      coin: 'BTC',
      szi: '0.01',
      entryPx: '100000.0',
      leverage: { type: 'cross', value: 20 },
      marginUsed: '50.0',
    });
    expect(await info.userFills({ user: TRADER })).toMatchObject([
      {
        coin: 'BTC',
        px: '100000.0',
        sz: '0.01',
        side: 'B',
        dir: 'Open Long',
        closedPnl: '0.0',
        fee: '0.45',
        crossed: true,
        startPosition: '0.0',
        cloid: cloid(1),
      },
    ]);
  });

  it('walk the book when they are large, and fill only in part when it ends', async () => {
    trader.sandbox.control({ type: 'fund', address: TRADER, usdc: 1_000_000 });
    trader.sandbox.control({ type: 'setBook', coin: 'BTC', book: { levelNotionalUsd: 1_000, levels: 3 } });
    const [answer] = await statusesOf(trader, [limit({ b: true, p: '105000', s: '1' })]);
    expect(answer).toMatchObject({ filled: { totalSz: '0.04498' } });
    const fills = await trader.info.userFills({ user: TRADER });
    expect(fills.map(({ px, sz }) => [px, sz]).toReversed()).toEqual([
      ['100000.0', '0.01'],
      ['100010.0', '0.01499'],
      ['100020.0', '0.01999'],
    ]);
  });

  it('that reach nothing are refused, and remembered as such', async () => {
    expect(await statusesOf(trader, [limit({ b: true, p: '99000', s: '0.01', c: cloid(7) })])).toEqual([
      { error: 'Order could not immediately match against any resting orders. asset=0' },
    ]);
    expect(await trader.info.orderStatus({ user: TRADER, oid: cloid(7) })).toMatchObject({
      order: { status: 'iocCancelRejected' },
    });
  });
});

describe('rules', () => {
  it.each([
    ['price off the tick', { p: '100000.5', s: '0.01' }, 'Price must be divisible by tick size.'],
    ['size off the lot', { p: '100000', s: '0.010001' }, 'Order has invalid size.'],
    ['size zero', { p: '100000', s: '0' }, 'Order has zero size.'],
    ['too little value', { p: '100000', s: '0.00009' }, 'Order must have minimum value of $10.'],
    [
      'far price',
      { p: '181000', s: '0.01' },
      'Order price cannot be more than 80% away from the reference price',
    ],
    ['too little margin', { p: '100000', s: '2.1' }, 'Insufficient margin to place order.'],
    ['nothing to reduce', { p: '100000', s: '0.01', r: true }, 'Reduce only order would increase position.'],
    [
      'taking as post only',
      { p: '100000', s: '0.01', tif: 'Alo' as const },
      'Post only order would have immediately matched, bbo was 100000@100000.',
    ],
  ])('%s', async (_, terms, text) => {
    expect(await statusesOf(trader, [limit({ b: true, ...terms })])).toEqual([{ error: `${text} asset=0` }]);
  });

  it('a reduce-only order is cut to the position and may be worth less than $10', async () => {
    await statusesOf(trader, [limit({ b: true, p: '105000', s: '0.0002' })]);
    await statusesOf(trader, [limit({ b: false, p: '95000', s: '0.00015', r: true })]);
    expect(await statusesOf(trader, [limit({ b: false, p: '95000', s: '1', r: true })])).toMatchObject([
      { filled: { totalSz: '0.00005' } },
    ]);
    expect((await trader.info.clearinghouseState({ user: TRADER })).assetPositions).toEqual([]);
  });

  it('an unknown asset refuses the whole request', async () => {
    await expect(statusesOf(trader, [limit({ a: 99, b: true, p: '1', s: '100' })])).rejects.toThrow(
      'Invalid asset 99',
    );
  });
});

describe('resting orders', () => {
  it('fill as maker at their own price when the market comes through', async () => {
    expect(await statusesOf(trader, [limit({ b: true, p: '99000', s: '0.01', tif: 'Gtc' })])).toMatchObject([
      { resting: {} },
    ]);
    expect(await trader.info.openOrders({ user: TRADER })).toMatchObject([
      { limitPx: '99000.0', sz: '0.01', side: 'B' },
    ]);
    trader.sandbox.setPrice('BTC', 98_500);
    expect(await trader.info.userFills({ user: TRADER })).toMatchObject([
      { px: '99000.0', crossed: false, fee: '0.1485' },
    ]);
  });

  it('show in the book', async () => {
    await statusesOf(trader, [limit({ a: ETH, b: true, p: '2999.9', s: '1', tif: 'Alo' })]);
    const book = await trader.info.l2Book({ coin: 'ETH' });
    expect(book?.levels[0].find(({ px }) => px === '2999.9')).toEqual({ px: '2999.9', sz: '1.0', n: 1 });
  });

  it('are cancelled by order id and by client id, once', async () => {
    const { exchange } = trader;
    const [resting] = await statusesOf(trader, [
      limit({ b: true, p: '90000', s: '0.01', tif: 'Gtc' }),
      limit({ b: true, p: '90001', s: '0.01', tif: 'Gtc', c: cloid(2) }),
    ]);
    const o = (resting as { resting: { oid: number } }).resting.oid; // oxlint-disable-line typescript/no-unsafe-type-assertion
    await exchange.cancel({ cancels: [{ a: BTC, o }] });
    await exchange.cancelByCloid({ cancels: [{ asset: BTC, cloid: cloid(2) }] });
    await expect(exchange.cancel({ cancels: [{ a: BTC, o }] })).rejects.toThrow(
      'Order was never placed, already canceled, or filled. asset=0',
    );
    expect(await trader.info.historicalOrders({ user: TRADER })).toMatchObject([
      { status: 'canceled' },
      { status: 'canceled' },
    ]);
  });

  it('are replaced under a new order id and the same client id', async () => {
    const { exchange, info } = trader;
    await statusesOf(trader, [limit({ b: true, p: '90000', s: '0.01', tif: 'Gtc', c: cloid(3) })]);
    const before = await info.openOrders({ user: TRADER });
    await exchange.batchModify({
      modifies: [
        { oid: before[0]!.oid, order: limit({ b: true, p: '91000', s: '0.02', tif: 'Gtc', c: cloid(3) }) },
      ],
    });
    const after = await info.openOrders({ user: TRADER });
    expect(after).toMatchObject([{ limitPx: '91000.0', sz: '0.02', cloid: cloid(3) }]);
    expect(after[0]!.oid).not.toBe(before[0]!.oid);
  });

  it('are kept when what should replace them would trade', async () => {
    const { exchange, info } = trader;
    await statusesOf(trader, [limit({ b: true, p: '90000', s: '0.01', tif: 'Gtc', c: cloid(3) })]);
    const replace = (tif: 'Gtc' | 'Ioc') =>
      exchange.modify({ oid: cloid(3), order: limit({ b: true, p: '100500', s: '0.01', tif }) });
    await expect(replace('Gtc')).rejects.toThrow('Post only order would have immediately matched');
    await expect(replace('Ioc')).rejects.toThrow('without always_place');
    expect(await info.openOrders({ user: TRADER })).toMatchObject([{ limitPx: '90000.0' }]);
  });

  it('of the same client id are both accepted; the newest answers look-ups', async () => {
    await statusesOf(trader, [limit({ b: true, p: '105000', s: '0.01', c: cloid(4) })]);
    await statusesOf(trader, [limit({ b: true, p: '105000', s: '0.02', c: cloid(4) })]);
    expect(await trader.info.orderStatus({ user: TRADER, oid: cloid(4) })).toMatchObject({
      order: { order: { origSz: '0.02' } },
    });
    expect(await trader.info.userFills({ user: TRADER })).toHaveLength(2);
  });
});

it('trades resting orders of two users against each other', async () => {
  const { exchange: other } = trader.clientOf(`0x${'22'.repeat(32)}`, 10_000);
  trader.sandbox.control({ type: 'setBook', coin: 'BTC', book: { spreadBps: 20 } });
  await other.order({ orders: [limit({ b: false, p: '100010', s: '0.01', tif: 'Alo' })], grouping: 'na' });
  expect(await statusesOf(trader, [limit({ b: true, p: '100200', s: '0.02' })])).toMatchObject([
    { filled: { totalSz: '0.02', avgPx: '100055.0' } },
  ]);
});

it('refuses an action that has expired', async () => {
  const params = { orders: [limit({ b: true, p: '105000', s: '0.01' })], grouping: 'na' as const };
  await expect(trader.exchange.order(params, { expiresAfter: Date.now() - 1 })).rejects.toThrow('expired');
});

it('asks for traded volume before it schedules a cancel', async () => {
  await expect(trader.exchange.scheduleCancel({ time: Date.now() + 60_000 })).rejects.toThrow(
    'Cannot set scheduled cancel time until enough volume traded. Required: $1000000. Traded: $0.00.',
  );
});

it('charges an approved builder fee and refuses another', async () => {
  const builder = { b: `0x${'ab'.repeat(20)}` as const, f: 10 };
  const orders = [limit({ b: true, p: '105000', s: '0.01' })];
  await expect(trader.exchange.order({ orders, grouping: 'na', builder })).rejects.toThrow(
    'Builder fee has not been approved.',
  );
  await trader.exchange.approveBuilderFee({ builder: builder.b, maxFeeRate: '0.01%' });
  expect(await trader.info.maxBuilderFee({ user: TRADER, builder: builder.b })).toBe(10);
  await trader.exchange.order({ orders, grouping: 'na', builder });
  expect(await trader.info.userFills({ user: TRADER })).toMatchObject([{ fee: '0.55', builderFee: '0.1' }]);
});

it('lists a trigger order the way the front end shows it', async () => {
  await statusesOf(trader, [limit({ b: true, p: '105000', s: '0.01' })]);
  await statusesOf(trader, [trigger('sl', { b: false, p: '95000', s: '0.01' })]);
  expect(await trader.info.frontendOpenOrders({ user: TRADER })).toMatchObject([
    {
      isTrigger: true,
      triggerPx: '95000.0',
      triggerCondition: 'Price below 95000',
      orderType: 'Stop Market',
      reduceOnly: true,
      isPositionTpsl: false,
    },
  ]);
});
