import { ExchangeClient, HttpTransport } from '@nktkas/hyperliquid';
import { Worker } from 'node:worker_threads';
import { createTradingKey, createTradingSigner } from '#venues/keys/trading-signer.ts';
import { createHyperliquidVenue } from '#venues/hyperliquid/index.ts';
import { orderRequest, tradingAccount } from '#venues/hyperliquid/testing.ts';
import { Wallet } from 'ethers';
import { connectSandbox } from './sandbox-control.ts';

/** Orders per second: one key sends one after the other; many keys side by side. */
export interface Rate {
  alone: number;
  together: number;
  keys: number;
}

const KEYS = 16;
const PLAY_MONEY_USDC = 1_000_000;
const UNLIMITED_WEIGHT = 100_000_000;

/** How many orders reach the sandbox, a thread of its own, by the bare SDK and by the adapter. */
export async function measureRate(orders: number): Promise<{ bare: Rate; ours: Rate }> {
  const thread = new Worker(new URL('venue-sandbox.ts', import.meta.url), { workerData: {} });
  const url = await new Promise<string>((resolve, reject) => {
    thread.once('message', resolve);
    thread.once('error', reject);
  });
  const sandbox = connectSandbox(url);
  await sandbox.setPrice('BTC', '50000');
  const makeKeys = async (): Promise<Key[]> => {
    const keys = Array.from({ length: KEYS }, () => createTradingKey());
    for (const { address } of keys) await sandbox.fund(address, PLAY_MONEY_USDC);
    return keys;
  };
  const venue = createHyperliquidVenue({ url, network: 'testnet', weightPerMinute: UNLIMITED_WEIGHT });
  try {
    // Nonces belong to a key, and each side gives out its own.
    const senders = {
      bare: (await makeKeys()).map((key) => bareSender(url, key)),
      ours: (await makeKeys()).map((key) => oursSender(venue, key)),
    };
    await measure(senders.bare, KEYS * 2);
    await measure(senders.ours, KEYS * 2);
    return { bare: await measure(senders.bare, orders), ours: await measure(senders.ours, orders) };
  } finally {
    await venue.close();
    await thread.terminate();
  }
}

type Send = (isBuy: boolean) => Promise<unknown>;
type Key = ReturnType<typeof createTradingKey>;

function bareSender(url: string, { privateKey }: Key): Send {
  const transport = new HttpTransport({ isTestnet: true, apiUrl: url });
  const exchange = new ExchangeClient({ transport, wallet: new Wallet(privateKey) });
  return (isBuy) =>
    exchange.order({
      orders: [
        { a: 0, b: isBuy, p: isBuy ? '50500' : '49500', s: '0.01', r: false, t: { limit: { tif: 'Ioc' } } },
      ],
    });
}

function oursSender(venue: ReturnType<typeof createHyperliquidVenue>, { privateKey }: Key): Send {
  const signer = createTradingSigner(privateKey);
  const account = tradingAccount(signer, signer);
  let nonce = Date.now();
  return async (isBuy) => {
    const order = orderRequest({ side: isBuy ? 'buy' : 'sell', price: isBuy ? '50500' : '49500' });
    const outcome = await venue.execution.place(account, [order], 'single', { nonce: (nonce += 1) });
    if (outcome.kind !== 'confirmed') throw new Error(JSON.stringify(outcome));
  };
}

async function measure(senders: readonly Send[], orders: number): Promise<Rate> {
  const [first] = senders;
  if (!first) throw new RangeError('nobody sends');
  const alone = await perSecond(orders, () => sendMany(first, orders));
  const each = Math.ceil(orders / senders.length);
  const together = await perSecond(each * senders.length, () =>
    Promise.all(senders.map((send) => sendMany(send, each))),
  );
  return { alone, together, keys: senders.length };
}

async function sendMany(send: Send, count: number): Promise<void> {
  for (let i = 0; i < count; i += 1) await send(i % 2 === 0);
}

async function perSecond(count: number, work: () => Promise<unknown>): Promise<number> {
  const startedAt = performance.now();
  await work();
  return (count * 1_000) / (performance.now() - startedAt);
}
