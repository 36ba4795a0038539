import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { startPythonClient } from '../support/hyperliquid-python.ts';
import type { PythonClient } from '../support/hyperliquid-python.ts';
import { PYTHON_TIMEOUT_MS } from '../support/python-venv.ts';

// What the scenarios in tests/clients/hyperliquid_trade.py start with, in USDC.
const USDC = {
  limits: 10_000,
  immediate: 10_000,
  stops: 10_000,
  attached: 10_000,
  wholePosition: 10_000,
  changes: 10_000,
  deadMansSwitch: 1_000_000,
  leverage: 10_000,
  expiry: 10_000,
  builtMarket: 10_000,
};

// Whichever test comes first may have to install the client.
vi.setConfig({ testTimeout: PYTHON_TIMEOUT_MS });

let python: PythonClient<keyof typeof USDC>;
beforeAll(async () => {
  python = await startPythonClient('hyperliquid_trade.py', USDC);
});
afterAll(() => python.stop());

const OID: unknown = expect.any(Number);
const TIME: unknown = expect.any(Number);
const RESTING = { resting: { oid: OID } };
const DONE = { type: 'default' };
const MISSING = { error: 'Order was never placed, already canceled, or filled. asset=0' };
const cloid = (n: number) => `0x${n.toString(16).padStart(32, '0')}`;
const filled = (totalSz: string, avgPx: string) => ({ filled: { totalSz, avgPx, oid: OID } });

it('rests limit orders, finds them by either id and cancels them', async (context) => {
  const terms = { coin: 'BTC', side: 'B', limitPx: '90000.0', sz: '0.001', origSz: '0.001' };
  const known = { oid: OID, timestamp: TIME };
  const plain = {
    triggerCondition: 'N/A',
    isTrigger: false,
    triggerPx: '0.0',
    children: [],
    isPositionTpsl: false,
    reduceOnly: false,
    orderType: 'Limit',
  };
  const named = { limitPx: '110000.0', sz: '0.002', origSz: '0.002', tif: 'Alo', cloid: cloid(7) };
  expect(await python.play(context, 'limits')).toEqual({
    resting: { status: 'ok', response: { type: 'order', data: { statuses: [RESTING] } } },
    listed: [{ ...terms, ...known }],
    found: {
      status: 'order',
      order: {
        order: { ...terms, ...known, ...plain, tif: 'Gtc', cloid: null },
        status: 'open',
        statusTimestamp: TIME,
      },
    },
    cancelled: { status: 'ok', response: { type: 'cancel', data: { statuses: ['success'] } } },
    after: 'canceled',
    again: [MISSING],
    named: [{ resting: { oid: OID, cloid: cloid(7) } }],
    shown: [{ coin: 'BTC', side: 'A', ...known, ...plain, ...named }],
    byCloid: { status: 'open', cloid: cloid(7), tif: 'Alo', limitPx: '110000.0' },
    byName: ['success'],
    afterName: 'canceled',
    unknown: { status: 'unknownOid' },
    pair: [RESTING, { error: 'Order must have minimum value of $10. asset=0' }],
    both: ['success', MISSING],
    left: [],
  });
});

it("fills immediate orders at the book's prices and refuses others with the venue's texts", async (context) => {
  expect(await python.play(context, 'immediate')).toEqual({
    filled: [filled('0.01', '100005.0')],
    fills: [
      {
        coin: 'BTC',
        px: '100005.0',
        sz: '0.01',
        side: 'B',
        time: TIME,
        startPosition: '0.0',
        dir: 'Open Long',
        closedPnl: '0.0',
        hash: expect.stringMatching(/^0x[0-9a-f]{64}$/),
        oid: OID,
        crossed: true,
        // 0.045 % of 1,000.05 USDC, to the micro-dollar.
        fee: '0.450023',
        tid: expect.any(Number),
        feeToken: 'USDC',
        twapId: null,
      },
    ],
    byTime: true,
    later: [],
    closed: [filled('0.01', '99995.0')],
    unmatched: [{ error: 'Order could not immediately match against any resting orders. asset=0' }],
    postOnly: [{ error: 'Post only order would have immediately matched, bbo was 99995@100005. asset=0' }],
    offTick: [{ error: 'Price must be divisible by tick size. asset=0' }],
    offLot: [{ error: 'Order has invalid size. asset=0' }],
    tooSmall: [{ error: 'Order must have minimum value of $10. asset=0' }],
    tooFar: [{ error: 'Order price cannot be more than 80% away from the reference price asset=0' }],
    tooLarge: [{ error: 'Insufficient margin to place order. asset=0' }],
    reduceOnly: [{ error: 'Reduce only order would increase position. asset=0' }],
  });
});

it('fires a stop, which takes the target with it', async (context) => {
  const shown = { isTrigger: true, reduceOnly: true, sz: '0.01' };
  expect(await python.play(context, 'stops')).toEqual({
    opened: [filled('0.01', '100005.0')],
    stop: [RESTING],
    target: [RESTING],
    shown: [
      {
        ...shown,
        orderType: 'Take Profit Limit',
        triggerPx: '110000.0',
        triggerCondition: 'Price above 110000',
        limitPx: '110000.0',
      },
      {
        ...shown,
        orderType: 'Stop Market',
        triggerPx: '95000.0',
        triggerCondition: 'Price below 95000',
        limitPx: '94000.0',
      },
    ],
    late: [{ error: 'Invalid TP/SL price. asset=0' }],
    ends: ['filled', 'reduceOnlyCanceled'],
    // Half a basis point below the mark at which it fired.
    fill: { dir: 'Close Long', px: '94995.0', sz: '0.01', closedPnl: '-50.1' },
    positions: [],
  });
});

it('places the stop and target of an entry once that has filled, and only one of them', async (context) => {
  expect(await python.play(context, 'attached')).toEqual({
    group: [
      { filled: { totalSz: '0.01', avgPx: '99995.0', oid: OID, cloid: cloid(21) } },
      'waitingForTrigger',
      'waitingForTrigger',
    ],
    armed: [cloid(23), cloid(22)],
    ends: ['filled', 'filled', 'siblingFilledCanceled'],
    waiting: [RESTING, 'waitingForFill'],
    children: [{ orderType: 'Stop Market', triggerPx: '94000.0', sz: '0.01' }],
    loose: 'TP/SL orders must be reduce only',
    left: [],
    positions: [],
  });
});

it("keeps a position's own stop and target as large as the position", async (context) => {
  const shown = { isPositionTpsl: true, sz: '0.03' };
  expect(await python.play(context, 'wholePosition')).toEqual({
    pair: ['waitingForTrigger', 'waitingForTrigger'],
    shown: [
      { ...shown, triggerPx: '90000.0' },
      { ...shown, triggerPx: '112000.0' },
    ],
    ends: ['reduceOnlyCanceled', 'reduceOnlyCanceled'],
  });
});

it('replaces orders one by one and several at once', async (context) => {
  expect(await python.play(context, 'changes')).toEqual({
    moved: [RESTING],
    replaced: 'canceled',
    many: [RESTING, { resting: { oid: OID, cloid: cloid(31) } }],
    gone: [{ error: 'Cannot modify canceled or filled order asset=0' }],
    crossing: [{ error: 'Post only order would have immediately matched, bbo was 99995@100005. asset=0' }],
    listed: [
      { limitPx: '88000.0', sz: '0.004' },
      { limitPx: '89000.0', sz: '0.003' },
    ],
    cancelled: [['success'], ['success']],
  });
});

it('cancels everything at the scheduled time, for an account with enough volume', async (context) => {
  expect(await python.play(context, 'deadMansSwitch')).toEqual({
    tooLittle: {
      status: 'err',
      response:
        'Cannot set scheduled cancel time until enough volume traded. Required: $1000000. Traded: $0.00.',
    },
    answers: ['Scheduled cancel time too early, must be at least 5 seconds from now.', DONE],
    removed: { status: 'ok', response: DONE },
    ends: ['open', 'scheduledCancel'],
  });
});

const NO_FUNDING = { cumFunding: { allTime: '0.0', sinceOpen: '0.0', sinceChange: '0.0' } };

it('holds a cross and an isolated position, moves margin and closes at the market', async (context) => {
  expect(await python.play(context, 'leverage')).toEqual({
    cross: { status: 'ok', response: DONE },
    invalid: 'Invalid leverage value',
    opened: [filled('0.05', '100005.0')],
    switched: 'Cannot switch leverage type with open position.',
    crossMargin: 'No isolated position to update.',
    isolated: DONE,
    sold: [filled('1.0', '2999.8')],
    added: DONE,
    tooMuch: 'Insufficient margin to update isolated position.',
    // Fees of 2.250113 and 1.34991 USDC, and half the spread of both lost: 9,995.95 left of 10,000. The isolated
    // position has a fifth of 2,999.80 USDC and the 100 that were added.
    state: {
      marginSummary: {
        accountValue: '9995.949977',
        totalNtlPos: '8000.0',
        totalRawUsd: '7995.949977',
        totalMarginUsed: '1199.76',
      },
      crossMarginSummary: {
        accountValue: '9296.189977',
        totalNtlPos: '5000.0',
        totalRawUsd: '4296.189977',
        totalMarginUsed: '500.0',
      },
      crossMaintenanceMarginUsed: '62.5',
      withdrawable: '8796.189977',
      assetPositions: [
        {
          type: 'oneWay',
          position: {
            coin: 'BTC',
            szi: '0.05',
            leverage: { type: 'cross', value: 10 },
            entryPx: '100005.0',
            positionValue: '5000.0',
            unrealizedPnl: '-0.25',
            returnOnEquity: '-0.000499975',
            liquidationPx: null,
            marginUsed: '500.0',
            maxLeverage: 40,
            ...NO_FUNDING,
          },
        },
        {
          type: 'oneWay',
          position: {
            coin: 'ETH',
            szi: '-1.0',
            leverage: { type: 'isolated', value: 5, rawUsd: '3699.76' },
            entryPx: '2999.8',
            positionValue: '3000.0',
            unrealizedPnl: '-0.2',
            returnOnEquity: '-0.0003333556',
            // 3,699.76 USDC buy back what they owe and 2 % of it.
            liquidationPx: '3627.215686',
            marginUsed: '699.76',
            maxLeverage: 25,
            ...NO_FUNDING,
          },
        },
      ],
      time: TIME,
    },
    taken: DONE,
    below: 'Insufficient margin to update isolated position.',
    part: [filled('0.02', '99995.0')],
    rest: [
      { coin: 'BTC', szi: '0.03' },
      { coin: 'ETH', szi: '-1.0' },
    ],
    closed: [[filled('0.03', '99995.0')], [filled('1.0', '3000.2')]],
    nothing: null,
    flat: [],
  });
});

it('refuses what comes after its expiry', async (context) => {
  expect(await python.play(context, 'expiry')).toEqual({
    late: { status: 'err', response: 'Action expired: expiresAfter has passed.' },
    timely: [RESTING],
    cancelled: ['success'],
  });
});

it('trades in a market that others built, apart from the rest of the account', async (context) => {
  expect(await python.play(context, 'builtMarket')).toEqual({
    mids: '400.0',
    outcomes: ['Cross margin is not allowed for this asset.', DONE, [filled('2.0', '400.02')], [RESTING]],
    // A fifth of 800.04 USDC, and 0.04 of spread lost.
    account: { accountValue: '159.968', totalMarginUsed: '159.968' },
    held: [{ coin: 'xyz:TSLA', szi: '2.0', leverage: { type: 'isolated', value: 5, rawUsd: '-640.032' } }],
    elsewhere: [[], []],
    orders: [{ coin: 'xyz:TSLA', triggerPx: '380.0' }],
    closed: [filled('2.0', '399.98')],
    // 0.045 % to the venue and as much to the builder.
    fees: ['0.719964', '0.720036'],
    left: [[], []],
  });
});
