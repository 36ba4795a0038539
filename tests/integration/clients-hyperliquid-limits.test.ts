import { ExchangeClient, HttpTransport, InfoClient } from '@nktkas/hyperliquid';
import { Wallet } from 'ethers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { BTC, TRADER, TRADER_KEY, limit } from '#sandbox/hyperliquid/testing.ts';
import { startSandboxProcess } from '../support/sandbox-process.ts';
import type { SandboxProcess } from '../support/sandbox-process.ts';

let venue: SandboxProcess;
let info: InfoClient;
let exchange: ExchangeClient;
beforeEach(async () => {
  venue = await startSandboxProcess(['--limits', '--fund', `${TRADER}=10000`]);
  const transport = new HttpTransport({ isTestnet: true, apiUrl: venue.url });
  info = new InfoClient({ transport });
  exchange = new ExchangeClient({ transport, wallet: new Wallet(TRADER_KEY) });
});
afterEach(() => venue.stop());

it('answers 429 to an IP address that has used up its 1,200 a minute', async () => {
  // 20 each.
  for (let i = 0; i < 59; i++) await info.meta();
  // 2 each.
  for (let i = 0; i < 9; i++) await info.allMids();
  const act = () => exchange.updateLeverage({ asset: BTC, isCross: true, leverage: 3 });
  // 1 each.
  await act();
  await act();
  await expect(info.meta()).rejects.toThrow('429');
  await expect(info.allMids()).rejects.toThrow('Too Many Requests');
  await expect(act()).rejects.toThrow('429');
});

it('refuses an account that has sent more than it traded, but for its cancels', async () => {
  const resting = limit({ b: true, p: 80_000, s: '0.001', tif: 'Gtc' });
  const { response } = await exchange.order({ orders: [resting], grouping: 'na' });
  // Each of them counts; that they ask for nothing that could rest does not help.
  const hopeless = limit({ b: true, p: 80_000, s: '0.001', tif: 'Ioc' });
  const batch = { orders: Array.from({ length: 1_111 }, () => hopeless), grouping: 'na' } as const;
  for (let i = 0; i < 9; i++)
    await expect(exchange.order(batch)).rejects.toThrow(
      'Order could not immediately match against any resting orders. asset=0',
    );
  expect(await info.userRateLimit({ user: TRADER })).toMatchObject({
    nRequestsUsed: 10_000,
    nRequestsCap: 10_000,
  });
  await expect(exchange.order({ orders: [resting], grouping: 'na' })).rejects.toThrow(
    'Too many cumulative requests sent (10001 > 10000) for cumulative volume traded $0.00. ' +
      'Place taker orders to free up 1 request per USDC traded.',
  );
  const [rested] = response.data.statuses;
  const oid = typeof rested === 'object' && 'resting' in rested ? rested.resting.oid : 0;
  const cancelled = await exchange.cancel({ cancels: [{ a: BTC, o: oid }] });
  expect(cancelled.response.data.statuses).toEqual(['success']);
});
