import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { asId, type AccountId } from '#domain/ids.ts';
import type { Venue } from '../venue.ts';
import { createHyperliquidVenue } from './index.ts';
import { BITCOIN, orderRequest, randomSigner, startScriptedServer, type ScriptedServer } from './testing.ts';

const FOLDER = new URL('recorded/', import.meta.url);
const USER = asId<AccountId>('0x0000000000000000000000000000000000000000');

interface Recorded {
  source: string;
  // oxlint-disable-next-line typescript/no-explicit-any -- each file has a form of its own
  request: any;
  // oxlint-disable-next-line typescript/no-explicit-any -- as above
  answer: any;
}

const recorded = (name: string): Recorded =>
  JSON.parse(readFileSync(new URL(`${name}.json`, FOLDER), 'utf8'));

let server: ScriptedServer;
let venue: Venue;
beforeEach(async () => {
  server = await startScriptedServer();
  venue = createHyperliquidVenue({ url: server.url, network: 'testnet', weightPerMinute: 100_000 });
});
afterEach(async () => {
  await venue.close();
  await server.close();
});

/** Has the venue answer each kind of request with what is given. */
function answer(answers: Record<string, unknown>): void {
  server.answer(({ body }) => {
    const kind = body.action?.type ?? body.type ?? '';
    if (!(kind in answers)) throw new Error(`nothing is recorded for ${kind}`);
    return { json: answers[kind] };
  });
}

const answerWith = (...names: string[]): void =>
  answer(Object.fromEntries(names.map(recorded).map((each) => [each.request.type, each.answer])));

test('every file is listed with its source', () => {
  const readme = readFileSync(new URL('README.md', FOLDER), 'utf8');
  for (const file of readdirSync(FOLDER).filter((name) => name.endsWith('.json'))) {
    const { source } = recorded(file.replace('.json', ''));
    expect(readme.split('\n').find((line) => line.includes(`\`${file}\``))).toContain(source);
  }
});

describe('the market', () => {
  test('instruments', async () => {
    answerWith('meta');
    const listed = await venue.market.instruments();
    expect(
      listed.map(({ symbol, venueAssetId, lot, maxLeverage, onlyIsolated, tradable }) => [
        symbol,
        venueAssetId,
        lot,
        maxLeverage,
        onlyIsolated,
        tradable,
      ]),
    ).toEqual([
      ['BTC', 0, '0.00001', 50, false, true],
      ['ETH', 1, '0.0001', 50, false, true],
      ['HPOS', 2, '1', 3, true, true],
      ['LOOM', 3, '0.1', 3, true, false],
    ]);
  });

  test('marks and quotes', async () => {
    answerWith('meta-and-asset-ctxs');
    const prices = await venue.market.prices();
    expect(prices.map(({ symbol, price }) => [symbol, price])).toEqual([
      ['BTC', '14.3161'],
      ['ETH', '6.0436'],
      ['HPOS', '8.4542'],
    ]);
    expect(await venue.market.quote?.('BTC')).toMatchObject({ bid: '14.3047', ask: '14.3444' });
    answer({
      metaAndAssetCtxs: recorded('meta-and-asset-ctxs-built').answer,
      // Asked beside the quote, for what its deployer charges.
      perpDexs: [null, { name: 'xyz' }],
      meta: recorded('meta').answer,
    });
    expect(await venue.market.quote?.('xyz:XYZ100')).toMatchObject({ bid: '24946', ask: '25956' });
    expect(await venue.market.quote?.('xyz:TSLA')).toMatchObject({ bid: null, ask: null });
    expect((await venue.market.prices()).at(-1)).toMatchObject({ symbol: 'xyz:NVDA', price: '177.06' });
  });

  test('candles', async () => {
    answerWith('candle-snapshot');
    const { startTime, endTime } = recorded('candle-snapshot').request.req;
    expect(await venue.market.candles('BTC', startTime, endTime)).toEqual([
      {
        openedAt: startTime,
        closedAt: endTime,
        open: '29295',
        high: '29309',
        low: '29250',
        close: '29258',
        volume: '0.98639',
      },
    ]);
  });
});

describe('an account', () => {
  test('with a position', async () => {
    answerWith('clearinghouse-state', 'user-abstraction');
    expect(await venue.accounts.account(USER)).toMatchObject({
      equityUsd: '13109.482328',
      freeMarginUsd: '13104.514502',
      positions: [
        {
          symbol: 'ETH',
          size: '0.0335',
          entryPrice: '2986.3',
          valueUsd: '100.02765',
          liquidationPrice: '2866.26936529',
          leverage: 20,
        },
      ],
    });
  });

  test('its open orders', async () => {
    const [limit] = recorded('frontend-open-orders').answer;
    // "Spot open orders are only included with the first perp dex."
    answer({ frontendOpenOrders: [limit, { ...limit, coin: '@107' }] });
    expect(await venue.accounts.openOrders(USER)).toEqual([
      {
        symbol: 'BTC',
        clientOrderId: null,
        venueOrderId: '91490942',
        side: 'sell',
        size: '5',
        price: '29792',
        triggerPrice: null,
        reduceOnly: false,
      },
    ]);
  });

  test('its fills in perpetuals', async () => {
    answerWith('user-fills');
    const fills = await venue.accounts.fillsSince(USER, 0);
    expect(
      fills.map(({ symbol, side, price, size, feeUsd, venueFillId }) => ({
        symbol,
        side,
        price,
        size,
        feeUsd,
        venueFillId,
      })),
    ).toEqual([
      {
        symbol: 'AVAX',
        side: 'buy',
        price: '18.435',
        size: '93.53',
        feeUsd: '0.01',
        venueFillId: '118906512037719',
      },
      {
        symbol: 'xyz:XYZ100',
        side: 'buy',
        price: '25372',
        size: '0.0353',
        feeUsd: '0.026868',
        venueFillId: '164087028129848',
      },
    ]);
  });

  test('its funding', async () => {
    answerWith('user-funding');
    expect(await venue.accounts.fundingSince(USER, 0)).toEqual([
      { symbol: 'ETH', amountUsd: '-3.625312', time: 1_681_222_254_710, size: '49.1477' },
      { symbol: 'xyz:XYZ100', amountUsd: '2.378343', time: 1_767_654_000_068, size: '-15' },
    ]);
  });

  test.each([
    ['missing', 'removed'],
    ['user', 'removed'],
    ['agent', 'approved'],
    ['vault', 'removed'],
    ['subAccount', 'removed'],
  ])('a key whose role is %s is %s', async (role, state) => {
    const roles: { role: string }[] = recorded('user-role').answer;
    answer({ extraAgents: [], userRole: roles.find((each) => each.role === role) });
    expect(await venue.accounts.keyState(USER, randomSigner().address)).toMatchObject({ state });
  });

  test('a named key', async () => {
    answerWith('extra-agents');
    const [{ address, validUntil }] = recorded('extra-agents').answer;
    expect(await venue.accounts.keyState(USER, address)).toEqual({ state: 'approved', validUntil });
  });
});

describe('an order that is looked up', () => {
  const { clientOrderId } = orderRequest();
  const look = () => venue.accounts.orderByClientId(USER, clientOrderId);

  /** The recorded order, of which nothing has filled. */
  const withWord = (word: string) => {
    const { answer: status } = recorded('order-status');
    return { ...status, order: { order: { ...status.order.order, sz: '0.0076' }, status: word } };
  };

  test.each<readonly [string, string]>([
    ['open', 'resting'],
    ['triggered', 'resting'],
    ...[
      'canceled',
      'marginCanceled',
      'vaultWithdrawalCanceled',
      'openInterestCapCanceled',
      'selfTradeCanceled',
      'reduceOnlyCanceled',
      'siblingFilledCanceled',
      'delistedCanceled',
      'liquidatedCanceled',
      'scheduledCancel',
    ].map((word) => [word, 'canceled'] as const),
    ...[
      'rejected',
      'tickRejected',
      'minTradeNtlRejected',
      'perpMarginRejected',
      'reduceOnlyRejected',
      'badAloPxRejected',
      'iocCancelRejected',
      'badTriggerPxRejected',
      'marketOrderNoLiquidityRejected',
      'positionIncreaseAtOpenInterestCapRejected',
      'positionFlipAtOpenInterestCapRejected',
      'tooAggressiveAtOpenInterestCapRejected',
      'openInterestIncreaseRejected',
      'insufficientSpotBalanceRejected',
      'oracleRejected',
      'perpMaxPositionRejected',
    ].map((word) => [word, 'rejected'] as const),
  ])('%s is %s', async (word, status) => {
    answer({ orderStatus: withWord(word) });
    expect(await look()).toMatchObject({ status, size: '0.0076', filledSize: '0', venueOrderId: '1' });
  });

  test('filled, and reduce-only, is as large as its fills', async () => {
    const { answer: fills } = recorded('user-fills');
    const own = { ...fills[0], coin: 'ETH', oid: 1, sz: '0.0076', px: '2412.7', side: 'A' };
    answer({ orderStatus: recorded('order-status').answer, userFillsByTime: [own] });
    expect(await look()).toMatchObject({ status: 'filled', filledSize: '0.0076', averagePrice: '2412.7' });
  });

  test('and that the venue does not know is none', async () => {
    answerWith('order-status-unknown');
    expect(await look()).toBeNull();
  });
});

describe('an action', () => {
  const account = { accountId: USER, signer: randomSigner() };
  const options = { nonce: 1_700_000_000_000 };
  const orders = [
    orderRequest({ size: '0.02' }),
    orderRequest({ kind: 'stop_trigger', triggerPrice: '49000', reduceOnly: true, side: 'sell' }),
    orderRequest({ kind: 'take_profit_trigger', triggerPrice: '52000', reduceOnly: true, side: 'sell' }),
  ];
  const place = (count = 1) =>
    venue.execution.place(account, orders.slice(0, count), count > 1 ? 'attached' : 'single', options);

  test.each([
    ['order-resting', { status: 'resting', venueOrderId: '77738308' }],
    ['order-filled', { status: 'filled', filledSize: '0.02', averagePrice: '1891.4' }],
    ['order-error', { status: 'rejected', code: 'below_minimum' }],
  ])('%s', async (name, report) => {
    answer({ order: recorded(name).answer });
    expect(await place()).toMatchObject({ kind: 'confirmed', value: [report] });
  });

  test('of several orders is read order by order', async () => {
    answer({ order: recorded('order-attached').answer });
    expect(await place(3)).toMatchObject({
      kind: 'confirmed',
      value: [
        { status: 'filled', venueOrderId: '77747314' },
        { status: 'resting', venueOrderId: null },
        { status: 'rejected', code: 'trigger_price_invalid' },
      ],
    });
  });

  test('that is refused as a whole', async () => {
    answer({ order: recorded('action-error').answer });
    expect(await place(3)).toMatchObject({ kind: 'rejected' });
  });

  test('that modifies an order leaves it resting', async () => {
    answer({ batchModify: recorded('batch-modify').answer });
    const [, stop] = orders;
    if (!stop) throw new Error('no stop');
    expect(await venue.execution.modify(account, stop.clientOrderId, stop, options)).toMatchObject({
      kind: 'confirmed',
      value: { status: 'resting', venueOrderId: '77738309' },
    });
  });

  test.each(['cancel-success', 'cancel-error'])('%s leaves no order', async (name) => {
    answer({ cancelByCloid: recorded(name).answer });
    const ids = [orderRequest().clientOrderId];
    expect(await venue.execution.cancel(account, BITCOIN, ids, options)).toMatchObject({ kind: 'confirmed' });
  });
});

test('messages of the stream', async () => {
  const [price, fills] = [recorded('ws-active-asset-ctx'), recorded('ws-user-fills')];
  const sockets = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(sockets, 'listening');
  sockets.on('connection', (socket) =>
    socket.on('message', (text: Buffer) => {
      const asked = JSON.parse(text.toString('utf8'));
      if (asked.method !== 'subscribe') return;
      socket.send(JSON.stringify({ channel: 'subscriptionResponse', data: asked }));
      const { answer: told } = asked.subscription.type === 'userFills' ? fills : price;
      socket.send(JSON.stringify(told));
    }),
  );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server has such an address
  const { port } = sockets.address() as AddressInfo;
  const streaming = createHyperliquidVenue({ url: `http://127.0.0.1:${port}`, network: 'testnet' });
  const [heardPrice, heardFills] = [Promise.withResolvers<unknown>(), Promise.withResolvers<unknown>()];
  const stream = streaming.market.stream({
    onUp: () => undefined,
    onDown: () => undefined,
    onPrice: ({ symbol, price: mark }) => heardPrice.resolve([symbol, mark]),
    onFills: (user, told) => heardFills.resolve([user, told.map(({ symbol, size }) => [symbol, size])]),
  });
  stream.watchPrices(['BTC']);
  stream.watchFills([USER]);
  expect(await heardPrice.promise).toEqual(['BTC', '14.3161']);
  expect(await heardFills.promise).toEqual([USER, [['AVAX', '93.53']]]);
  await stream.close();
  await streaming.close();
  sockets.close();
});
