import { pro } from 'ccxt';
import type { Order } from 'ccxt';
import { Wallet } from 'ethers';
import { createTradingKey } from '#venues/keys/trading-signer.ts';
import type { SandboxProcess } from './sandbox-process.ts';

export const BTC = 'BTC/USDC:USDC';
export const ETH = 'ETH/USDC:USDC';

export type Ccxt = InstanceType<typeof pro.hyperliquid>;

/**
 * Returns ccxt's Hyperliquid client of one key, pointed at the sandbox, with its markets loaded. The caller closes it.
 */
export async function connectCcxt(venue: SandboxProcess, privateKey: string): Promise<Ccxt> {
  const client = new pro.hyperliquid({
    walletAddress: new Wallet(privateKey).address,
    privateKey,
    enableRateLimit: false,
    urls: { api: { public: venue.url, private: venue.url, ws: { public: venue.wsUrl } } },
  });
  // ccxt requires this call for every ws:// address.
  await client.loadHttpProxyAgent();
  await client.loadMarkets();
  return client;
}

/** A client with a new key and this much USDC. */
export async function connectFunded(venue: SandboxProcess, usdc = '10000'): Promise<Ccxt> {
  const { address, privateKey } = createTradingKey();
  await venue.control({ type: 'fund', address, usdc });
  return connectCcxt(venue, privateKey);
}

/** The venue's id of an order. Throws where ccxt has none. */
export function idOf(order: Order): string {
  if (order.id === undefined) throw new Error(`no id in ${JSON.stringify(order)}`);
  return order.id;
}
