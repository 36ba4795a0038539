import { afterEach, beforeEach, expect, test } from 'vitest';
import { startHyperliquidSandbox, type HyperliquidSandbox } from '#sandbox/hyperliquid/server.ts';
import type { Instrument } from '#domain/instrument.ts';
import type { Outcome, TradingAccount, Venue } from '../venue.ts';
import { createHyperliquidVenue } from './index.ts';
import { approveTradingKey } from './accounts/provisioning.ts';
import { orderRequest, randomSigner, tradingAccount } from './testing.ts';

let sandbox: HyperliquidSandbox;
let venue: Venue;
let account: TradingAccount;
let tesla: Instrument;
let nonce = Date.now();
const next = () => ({ nonce: (nonce += 1) });

beforeEach(async () => {
  sandbox = await startHyperliquidSandbox();
  sandbox.setPrice('xyz:TSLA', 400);
  venue = createHyperliquidVenue({ url: sandbox.url, network: 'testnet', builtMarkets: ['xyz'] });
  const [owner, key] = [randomSigner(), randomSigner()];
  sandbox.fund(owner.address, '1000');
  account = tradingAccount(owner, key);
  await approveTradingKey({
    url: sandbox.url,
    network: 'testnet',
    masterSigner: owner,
    agentAddress: key.address,
    agentName: 'signalman',
  });
  tesla = (await venue.market.instruments()).find(({ symbol }) => symbol === 'xyz:TSLA')!;
});
afterEach(async () => {
  await venue.close();
  await sandbox.close();
});

function confirmed<Value>(outcome: Outcome<Value>): Value {
  if (outcome.kind !== 'confirmed') throw new Error(JSON.stringify(outcome));
  return outcome.value;
}

const place = async (...orders: Parameters<typeof orderRequest>[0][]) => {
  const grouping = orders.length > 1 ? 'attached' : 'single';
  const requests = orders.map((order) => orderRequest({ instrument: tesla, size: '1', ...order }));
  return confirmed(await venue.execution.place(account, requests, grouping, next()));
};

test('a position in a market built by others is opened, protected and closed', async () => {
  expect(tesla).toMatchObject({ venueAssetId: 110_000, onlyIsolated: true, tradable: true });
  expect(await venue.market.prices()).toContainEqual(
    expect.objectContaining({ symbol: 'xyz:TSLA', price: '400' }),
  );
  confirmed(await venue.execution.setLeverage(account, tesla, 4, next()));
  const stop = {
    side: 'sell',
    kind: 'stop_trigger',
    price: '342',
    triggerPrice: '380',
    reduceOnly: true,
  } as const;
  const [entry, protection] = await place({ price: '404' }, stop);
  expect([entry?.status, protection?.status]).toEqual(['filled', 'resting']);

  const open = await venue.accounts.account(account.accountId);
  expect(open.positions).toMatchObject([{ symbol: 'xyz:TSLA', size: '1', leverage: 4 }]);
  expect(Number(open.equityUsd)).toBeCloseTo(999.62, 1);
  expect(await venue.accounts.openOrders(account.accountId)).toMatchObject([{ symbol: 'xyz:TSLA' }]);

  const [exit] = await place({ side: 'sell', price: '396', reduceOnly: true });
  expect(exit).toMatchObject({ status: 'filled', filledSize: '1' });
  const closed = await venue.accounts.account(account.accountId);
  expect(closed.positions).toEqual([]);
  expect(await venue.accounts.openOrders(account.accountId)).toEqual([]);
  const fills = await venue.accounts.fillsSince(account.accountId, 0);
  expect(fills.map(({ symbol, side }) => [symbol, side])).toEqual([
    ['xyz:TSLA', 'buy'],
    ['xyz:TSLA', 'sell'],
  ]);
  const fees = fills.reduce((total, { feeUsd }) => total + Number(feeUsd), 0);
  const [paid, got] = fills.map(({ price }) => Number(price));
  expect(Number(closed.equityUsd)).toBeCloseTo(1_000 + got! - paid! - fees, 6);
});
