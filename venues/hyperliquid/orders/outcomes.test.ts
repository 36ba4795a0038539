import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { VenueError, type TradingAccount, type TradingSigner, type Venue } from '../../venue.ts';
import { createHyperliquidVenue } from '../index.ts';
import {
  BITCOIN,
  orderRequest,
  randomSigner,
  startScriptedServer,
  tradingAccount,
  type ScriptedAnswer,
  type ScriptedServer,
} from '../testing.ts';

let server: ScriptedServer;
let venue: Venue;
const account = tradingAccount(randomSigner(), randomSigner());
const NONCE = 1_700_000_000_000;

beforeEach(async () => {
  server = await startScriptedServer();
  venue = venueThatWaits(300);
});
const venueThatWaits = (timeoutMs: number): Venue =>
  createHyperliquidVenue({
    url: server.url,
    network: 'testnet',
    weightPerMinute: 100_000,
    timeoutMs: { exchange: timeoutMs, info: timeoutMs },
  });

afterEach(async () => {
  await venue.close();
  await server.close();
});

const place = (orders = [orderRequest()]) =>
  venue.execution.place(account, orders, orders.length > 1 ? 'attached' : 'single', { nonce: NONCE });

const cancel = () =>
  venue.execution.cancel(account, BITCOIN, [orderRequest().clientOrderId], { nonce: NONCE });

const answered = (statuses: unknown[]): ScriptedAnswer => ({
  json: { status: 'ok', response: { type: 'order', data: { statuses } } },
});

describe('an action whose fate is unknown', () => {
  test.each<[string, ScriptedAnswer]>([
    ['no answer in time', 'silence'],
    ['the connection torn down', 'reset'],
    ['a server error', { status: 502, text: 'Bad Gateway' }],
    ['an answer that is no JSON', { status: 200, text: '<html>' }],
    ['an answer of unknown form', { json: { status: 'ok', response: { data: { statuses: ['maybe'] } } } }],
    ['an answer for other orders', answered(['waitingForFill', 'waitingForFill'])],
  ])('%s is unresolved and sent once', async (_name, answer) => {
    server.answer(() => answer);
    expect(await place()).toMatchObject({ kind: 'unresolved' });
    expect(server.requests).toHaveLength(1);
  });
});

describe('an action that did not happen', () => {
  test('429 comes before processing: not sent, as it were', async () => {
    server.answer(() => ({ status: 429, text: 'Too Many Requests' }));
    expect(await place()).toMatchObject({ kind: 'denied', code: 'rate_limited' });
    expect(server.requests).toHaveLength(1);
  });

  test('a body the venue cannot read is refused', async () => {
    server.answer(() => ({ status: 422, text: 'Failed to deserialize the JSON body into the target type' }));
    expect(await place()).toMatchObject({ kind: 'rejected', code: 'request_refused' });
  });

  test('nobody listening is not sent', async () => {
    await server.close();
    expect(await place()).toMatchObject({ kind: 'denied', code: 'venue_unreachable' });
  });

  test('a refusal of the whole action carries code and text', async () => {
    const response = 'Invalid nonce: duplicate nonce 1700000000000';
    server.answer(() => ({ json: { status: 'err', response } }));
    expect(await place()).toEqual({ kind: 'rejected', code: 'nonce_duplicate', text: response });
  });

  test('one error for a batch refuses the batch', async () => {
    const error = 'Order must have minimum value of $10. asset=0';
    server.answer(() => answered([{ error }]));
    const attached = [
      orderRequest(),
      orderRequest({ reduceOnly: true, kind: 'stop_trigger', triggerPrice: '47500' }),
    ];
    expect(await place(attached)).toEqual({ kind: 'rejected', code: 'below_minimum', text: error });
  });

  test.each([
    [{ size: '0.000001' }, 'size_illegal'],
    [{ size: '0' }, 'size_illegal'],
    [{ price: '50500.55' }, 'price_illegal'],
    [{ kind: 'stop_trigger', reduceOnly: true } as const, 'price_illegal'],
  ])('an order against the rules (%o) stays here', async (changes, code) => {
    expect(await place([orderRequest(changes)])).toMatchObject({ kind: 'denied', code });
    expect(server.requests).toEqual([]);
  });

  test('leverage outside the instrument’s range stays here', async () => {
    const asked = await venue.execution.setLeverage(account, BITCOIN, 41, { nonce: NONCE });
    expect(asked).toMatchObject({ kind: 'denied', code: 'leverage_out_of_range' });
  });
});

describe('an action that has not left in its time', () => {
  const late = { kind: 'denied', code: 'too_late' };
  const placeBy = (at: TradingAccount, notAfter: number) =>
    venue.execution.place(at, [orderRequest()], 'single', { nonce: NONCE + 1, notAfter });

  test('is not sent once its signer is free', async () => {
    server.answer(() => 'silence');
    const first = place();
    expect(await placeBy(account, Date.now() + 50)).toMatchObject(late);
    expect(await first).toMatchObject({ kind: 'unresolved' });
    expect(server.requests).toHaveLength(1);
  });

  test('is not sent once the request budget has freed up', async () => {
    await venue.close();
    venue = createHyperliquidVenue({ url: server.url, network: 'testnet', weightPerMinute: 4 });
    server.answer(() => answered(['waitingForFill']));
    await place();
    const other = tradingAccount(randomSigner(), randomSigner());
    expect(await placeBy(other, Date.now() + 50)).toMatchObject(late);
    expect(server.requests).toHaveLength(1);
  });

  test('is not sent when its time ended while it was being signed', async () => {
    const notAfter = Date.now() + 50;
    const signer: TradingSigner = {
      ...account.signer,
      async signTypedData(...typed) {
        await vi.waitUntil(() => Date.now() >= notAfter);
        return account.signer.signTypedData(...typed);
      },
    };
    expect(await placeBy({ ...account, signer }, notAfter)).toMatchObject(late);
    expect(server.requests).toEqual([]);
  });
});

test('a key that cannot sign is named without its words', async () => {
  const secret = '0x00000000000000000000000000000000000000000000000000000000deadbeef';
  const signer: TradingSigner = {
    address: account.signer.address,
    signTypedData: (_domain, _types, _message) => Promise.reject(new Error(`bad key ${secret}`)),
    signTransaction: () => Promise.reject(new Error(`bad key ${secret}`)),
  };
  const outcome = await venue.execution.fence({ ...account, signer }, NONCE);
  expect(outcome).toMatchObject({ kind: 'denied', code: 'signer_failed' });
  expect(JSON.stringify(outcome)).not.toContain('deadbeef');
  expect(server.requests).toEqual([]);
});

test('a refused order among accepted ones is a report, not an error', async () => {
  const error = 'Invalid TP/SL price. asset=0';
  server.answer(() => answered([{ filled: { oid: 1, totalSz: '0.01', avgPx: '50001.0' } }, { error }]));
  const stop = orderRequest({ side: 'sell', kind: 'stop_trigger', triggerPrice: '47500', reduceOnly: true });
  expect(await place([orderRequest(), stop])).toMatchObject({
    kind: 'confirmed',
    value: [{ status: 'filled' }, { status: 'rejected', code: 'trigger_price_invalid', text: error }],
  });
});

test('the given nonces are the ones sent, in the order they were given', async () => {
  server.answer(() => answered([{ resting: { oid: 1 } }]));
  const nonces = [5, 3, 9].map((offset) => NONCE + offset);
  await Promise.all(
    nonces.map((nonce) => venue.execution.place(account, [orderRequest()], 'single', { nonce })),
  );
  expect(server.requests.map(({ body }) => body.nonce)).toEqual(nonces);
});

describe('fencing off a lost action', () => {
  test.each<[string, ScriptedAnswer, object]>([
    [
      'the noop took the nonce',
      { json: { status: 'ok', response: { type: 'default' } } },
      { value: 'fenced' },
    ],
    [
      'the nonce is used',
      { json: { status: 'err', response: 'Invalid nonce: duplicate nonce 1' } },
      { value: 'landed' },
    ],
    [
      'the window has moved on',
      { json: { status: 'err', response: 'Invalid nonce: nonce too low 1 < 2' } },
      { value: 'landed' },
    ],
    ['no answer again', 'reset', { kind: 'unresolved' }],
  ])('%s', async (_name, answer, expected) => {
    server.answer(() => answer);
    expect(await venue.execution.fence(account, NONCE)).toMatchObject(expected);
    expect(server.requests[0]?.body).toMatchObject({ nonce: NONCE, action: { type: 'noop' } });
  });
});

test('an order that is over counts as cancelled, another error does not', async () => {
  server.answer(() => answered([{ error: 'Order was never placed, already canceled, or filled. asset=0' }]));
  expect(await cancel()).toEqual({ kind: 'confirmed', value: null });
  server.answer(() => answered(['success']));
  expect(await cancel()).toEqual({ kind: 'confirmed', value: null });
  server.answer(() => answered([{ error: 'Something else' }]));
  expect(await cancel()).toMatchObject({ kind: 'rejected', code: 'venue_rejected' });
});

describe('a read that fails', () => {
  test.each<[ScriptedAnswer, string, string]>([
    ['silence', 'venue_unreachable', 'retry'],
    ['reset', 'venue_unreachable', 'retry'],
    [{ status: 503, text: '' }, 'venue_unavailable', 'retry'],
    [{ status: 429, text: '' }, 'rate_limited', 'postpone'],
    [{ status: 200, text: 'hello' }, 'venue_unreadable', 'retry'],
    [{ json: { universe: 'none' } }, 'venue_unreadable', 'retry'],
  ])('%o is %s', async (answer, code, verdict) => {
    server.answer(() => answer);
    const error = await venue.market.instruments().catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(VenueError);
    expect(error).toMatchObject({ code, verdict });
  });
});

describe('an order that is looked up', () => {
  const wire = {
    coin: 'BTC',
    side: 'B',
    limitPx: '50500.0',
    origSz: '0.02',
    sz: '0.0',
    oid: 7,
    timestamp: 1,
  };
  const fill = { coin: 'BTC', side: 'B', sz: '0.01', time: 2, closedPnl: '0.0', oid: 7, fee: '0.1' };
  const both = [
    { ...fill, px: '50000.0', tid: 1 },
    { ...fill, px: '50100.0', tid: 2 },
  ];
  const lookUp = () => venue.accounts.orderByClientId(account.accountId, orderRequest().clientOrderId);
  const listing = (order: object, fills: () => unknown[]) =>
    server.answer(({ body }) => ({
      json:
        body.type === 'orderStatus'
          ? { status: 'order', order: { order: { ...wire, ...order }, status: 'filled' } }
          : fills(),
    }));

  test('has the average of all its fills, though some are listed later', async () => {
    let looks = 0;
    listing({}, () => both.slice(0, (looks += 1)));
    expect(await lookUp()).toMatchObject({ filledSize: '0.02', averagePrice: '50050' });
  });

  test('is as large as it says, though some fills are not listed at all', async () => {
    listing({}, () => both.slice(0, 1));
    expect(await lookUp()).toMatchObject({ status: 'filled', filledSize: '0.02', averagePrice: null });
  });

  test('is asked for again when it closed a position and has no fills yet', async () => {
    listing({ reduceOnly: true }, () => []);
    await expect(lookUp()).rejects.toMatchObject({ code: 'fills_late', verdict: 'retry' });
  });
});

test('unified and portfolio accounts are refused, the others asked about once', async () => {
  let mode = 'unifiedAccount';
  const state = {
    marginSummary: { accountValue: '100.0' },
    crossMarginSummary: { accountValue: '100.0' },
    crossMaintenanceMarginUsed: '2.5',
    withdrawable: '80.0',
    assetPositions: [],
  };
  server.answer(({ body }) => ({ json: body.type === 'userAbstraction' ? mode : state }));
  const refused = venue.accounts.account(account.accountId);
  await expect(refused).rejects.toMatchObject({ code: 'account_mode_unsupported', verdict: 'fatal' });
  mode = 'default';
  const read = { equityUsd: '100', freeMarginUsd: '80', spareEquityUsd: '97.5', positions: [] };
  expect(await venue.accounts.account(account.accountId)).toEqual(read);
  expect(await venue.accounts.account(account.accountId)).toEqual(read);
  const types = server.requests.map(({ body }) => body.type);
  expect(types.filter((type) => type === 'userAbstraction')).toHaveLength(2);
});

test('fills are read to the end, though a page ends between two of one millisecond', async () => {
  const fills = Array.from({ length: 4_500 }, (_, index) => ({
    coin: 'BTC',
    px: '50000.0',
    sz: '0.001',
    side: 'B',
    time: NONCE + Math.floor(index / 3),
    closedPnl: '0.0',
    oid: index,
    fee: '0.02',
    tid: index % 7 === 0 ? 0 : index,
  }));
  server.answer(({ body }) => {
    const { startTime = 0 } = body;
    return { json: fills.filter((fill) => fill.time >= startTime).slice(0, 2_000) };
  });
  // Pages of two thousand take their time on a busy machine.
  const patient = venueThatWaits(10_000);
  const read = await patient.accounts.fillsSince(account.accountId, NONCE);
  await patient.close();
  expect(read).toHaveLength(4_500);
  expect(read.map((fill) => fill.venueOrderId)).toEqual(fills.map((fill) => String(fill.oid)));
});
