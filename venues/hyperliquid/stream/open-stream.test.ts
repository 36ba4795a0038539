import { EventEmitter, on } from 'node:events';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { startHyperliquidSandbox, type HyperliquidSandbox } from '#sandbox/hyperliquid/server.ts';
import { asId, type AccountId } from '#domain/ids.ts';
import type { PriceTick, Venue, VenueFill, VenueStream } from '../../venue.ts';
import { createHyperliquidVenue } from '../index.ts';
import { orderRequest, randomSigner, tradingAccount } from '../testing.ts';

let sandbox: HyperliquidSandbox;
let venue: Venue;
const owner = randomSigner();
const account = tradingAccount(owner, owner);
const STALE_AFTER_MS = 400;

beforeAll(async () => {
  sandbox = await startHyperliquidSandbox({
    fund: { [owner.address]: '10000' },
    repeatPricesMs: STALE_AFTER_MS / 8,
  });
  venue = createHyperliquidVenue({
    url: sandbox.url,
    network: 'testnet',
    stream: { pingAfterMs: 100, staleAfterMs: STALE_AFTER_MS, minBackoffMs: 10, maxBackoffMs: 50 },
  });
});
afterAll(async () => {
  await venue.close();
  await sandbox.close();
});

let stream: VenueStream;
afterEach(async () => {
  await stream.close();
});

type Event =
  | { kind: 'up' }
  | { kind: 'down'; reason: string }
  | { kind: 'price'; tick: PriceTick }
  | { kind: 'fills'; accountId: AccountId; fills: VenueFill[] };

/** Opens the stream and hands out its events one by one; asking for a kind skips the others. */
function listen() {
  const events = new EventEmitter();
  const note = (event: Event): void => void events.emit('event', event);
  const noted = on(events, 'event');
  stream = venue.market.stream({
    onUp: () => note({ kind: 'up' }),
    onDown: (reason) => note({ kind: 'down', reason }),
    onPrice: (tick) => note({ kind: 'price', tick }),
    onFills: (accountId, fills) => note({ kind: 'fills', accountId, fills }),
  });
  return async function next<Kind extends Event['kind']>(
    kind: Kind,
  ): Promise<Extract<Event, { kind: Kind }>> {
    for (;;) {
      const { value } = await noted.next();
      const event: Event = value?.[0];
      if (isOf(event, kind)) return event;
    }
  };
}

const isOf = <Kind extends Event['kind']>(
  event: Event,
  kind: Kind,
): event is Extract<Event, { kind: Kind }> => event.kind === kind;

test('prices come for what is watched, and for nothing else', async () => {
  const next = listen();
  stream.watchPrices(['BTC', 'ETH']);
  await next('up');
  stream.watchPrices(['BTC']);
  sandbox.setPrice('ETH', 3_333);
  sandbox.setPrice('BTC', 51_234);
  const prices = new Map<string, string>();
  while (prices.get('BTC') !== '51234') {
    const { tick } = await next('price');
    prices.set(tick.symbol, tick.price);
  }
  stream.watchPrices(['ETH']);
  for (let seen = ''; seen !== '3444'; seen = (await next('price')).tick.price) {
    sandbox.setPrice('BTC', 50_000);
    sandbox.setPrice('ETH', 3_444);
  }
  expect(prices.get('BTC')).toBe('51234');
});

test('fills come as they happen, and old ones again after subscribing', async () => {
  sandbox.setPrice('BTC', 50_000);
  await venue.execution.place(account, [orderRequest()], 'single', { nonce: Date.now() });
  const next = listen();
  expect(stream.watchFills([account.accountId])).toEqual([]);
  const old = await next('fills');
  expect(old).toMatchObject({ accountId: account.accountId, fills: [{ side: 'buy', size: '0.01' }] });
  const exit = orderRequest({ side: 'sell', price: '49500', reduceOnly: true });
  await venue.execution.place(account, [exit], 'single', { nonce: Date.now() + 1 });
  const fresh = await next('fills');
  expect(fresh.fills).toEqual([
    expect.objectContaining({ side: 'sell', clientOrderId: exit.clientOrderId, symbol: 'BTC' }),
  ]);
});

test('a dropped line comes back with its subscriptions', async () => {
  const next = listen();
  stream.watchPrices(['BTC']);
  stream.watchFills([account.accountId]);
  await next('up');
  sandbox.control({ type: 'dropSockets' });
  await next('down');
  await next('up');
  sandbox.setPrice('BTC', 50_777);
  let price = '';
  while (price !== '50777') ({ price } = (await next('price')).tick);
  expect(price).toBe('50777');
});

test('a line of a quiet market stays, since the venue repeats its prices', async () => {
  const downs: string[] = [];
  const prices = new Set<string>();
  const heardForLong = Promise.withResolvers<void>();
  let firstAt: number | undefined;
  stream = venue.market.stream({
    onUp: () => undefined,
    onDown: (reason) => void downs.push(reason),
    onPrice: ({ price, t }) => {
      prices.add(price);
      firstAt ??= t;
      if (t - firstAt > 2 * STALE_AFTER_MS) heardForLong.resolve();
    },
    onFills: () => undefined,
  });
  stream.watchPrices(['BTC']);
  await heardForLong.promise;
  expect(downs).toEqual([]);
  expect(prices.size).toBe(1);
});

test('a line that answers pings but brings no prices is given up', async () => {
  const next = listen();
  stream.watchPrices(['BTC']);
  await next('up');
  sandbox.control({ type: 'freezeStreams', durationMs: 2 * STALE_AFTER_MS });
  expect((await next('down')).reason).toContain('silent');
  await next('up');
});

test('a venue that is not there yet is waited for', async () => {
  const first = await startHyperliquidSandbox();
  const port = Number(new URL(first.url).port);
  await first.close();
  const early = createHyperliquidVenue({
    url: first.url,
    network: 'testnet',
    stream: { minBackoffMs: 10, maxBackoffMs: 50 },
  });
  const reasons: string[] = [];
  const up = new Promise<void>((resolve) => {
    stream = early.market.stream({
      onUp: resolve,
      onDown: (reason) => void reasons.push(reason),
      onPrice: () => undefined,
      onFills: () => undefined,
    });
  });
  const second = await startHyperliquidSandbox({ port });
  await up;
  await early.close();
  await second.close();
  expect(reasons.length).toBeLessThanOrEqual(1);
});

test('accounts past the venue’s limit are not taken, those followed already stay', async () => {
  const next = listen();
  const ids = Array.from({ length: 12 }, () => asId<AccountId>(randomSigner().address));
  expect(stream.watchFills(ids.slice(0, 10))).toEqual([]);
  await next('up');
  expect(stream.watchFills(ids.toReversed())).toEqual([ids[11], ids[10]]);
  expect(stream.watchFills(ids.slice(2))).toEqual([]);
});
