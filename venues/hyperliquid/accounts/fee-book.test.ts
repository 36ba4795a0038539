import { afterEach, beforeEach, expect, test } from 'vitest';
import { asId, type AccountId, type Symbol } from '#domain/ids.ts';
import type { Venue } from '../../venue.ts';
import { createHyperliquidVenue, type HyperliquidOptions } from '../index.ts';
import { startScriptedServer, type ScriptedServer } from '../testing.ts';

let server: ScriptedServer;
let venue: Venue;
beforeEach(async () => {
  server = await startScriptedServer();
});
afterEach(async () => {
  await venue.close();
  await server.close();
});

const USER = asId<AccountId>(`0x${'ab'.repeat(20)}`);
const FEES = { userCrossRate: '0.00045', activeReferralDiscount: '0.0' };
const MARKETS = [
  null,
  { name: 'xyz', deployerFeeScale: '1.0' },
  { name: 'abc', deployerFeeScale: '0.5' },
  { name: 'top', deployerFeeScale: '3.0' },
];
const listed = (name: string, growthMode?: string) => ({ name, szDecimals: 2, maxLeverage: 10, growthMode });
const COINS = ['xyz:TSLA', 'abc:TSLA', 'top:TSLA'].map((name) => listed(name));

function open(fees: object, options: Partial<HyperliquidOptions> = {}): void {
  server.answer(({ body: { type } }) => {
    if (type === 'userFees') return { json: fees };
    if (type === 'perpDexs') return { json: MARKETS };
    return { json: { universe: [...COINS, listed('xyz:GOLD', 'enabled')] } };
  });
  venue = createHyperliquidVenue({ url: server.url, network: 'testnet', ...options });
}

const feesOf = (coin: string) => venue.accounts.fees(USER, coin satisfies Symbol);
test('until the venue has answered, its usual fees hold, and nothing waits', () => {
  open(FEES);
  expect(feesOf('BTC')).toEqual({ entryBps: 4.5, exitBps: 4.5, flatUsd: '0' });
  expect(feesOf('xyz:TSLA')).toEqual({ entryBps: 9, exitBps: 9, flatUsd: '0' });
});

test.each<[string, object, string, number]>([
  ['the lowest tier', FEES, 'BTC', 4.5],
  ['a higher tier', { ...FEES, userCrossRate: '0.00028' }, 'BTC', 2.8],
  ['a referrer', { ...FEES, activeReferralDiscount: '0.04' }, 'BTC', 4.32],
  ['a deployer who adds a half', FEES, 'abc:TSLA', 6.75],
  ['a deployer who adds as much again', { ...FEES, userCrossRate: '0.0004' }, 'xyz:TSLA', 8],
  ['a deployer who adds three times as much', FEES, 'top:TSLA', 27],
  ['a coin in growth mode', FEES, 'xyz:GOLD', 0.9],
])('%s', async (_what, fees, coin, bps) => {
  open(fees);
  await expect.poll(() => feesOf(coin)).toEqual({ entryBps: bps, exitBps: bps, flatUsd: '0' });
});

test('a builder is paid on top', async () => {
  open(
    { ...FEES, userCrossRate: '0.0004' },
    { builder: { address: `0x${'cd'.repeat(20)}`, tenthsOfBps: 10 } },
  );
  await expect.poll(() => feesOf('BTC').exitBps).toBe(5);
});

test('an answer is kept: the venue is asked about an account once', async () => {
  open({ ...FEES, userCrossRate: '0.0004' });
  await expect.poll(() => feesOf('BTC').exitBps).toBe(4);
  for (let time = 0; time < 5; time += 1) feesOf('ETH');
  await expect.poll(() => feesOf('ETH').exitBps).toBe(4);
  expect(server.requests.filter(({ body }) => body.type === 'userFees')).toHaveLength(1);
});
