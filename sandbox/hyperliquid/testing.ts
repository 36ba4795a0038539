import { ApiRequestError, ExchangeClient, HttpTransport, InfoClient } from '@nktkas/hyperliquid';
import { Wallet } from 'ethers';
import { startHyperliquidSandbox } from './server.ts';
import { isRecord } from './wire/fields.ts';
import type { HyperliquidSandbox, HyperliquidSandboxOptions } from './server.ts';

/** Private key from the tests of the official Python SDK. It holds no money anywhere. */
export const TRADER_KEY = `0x${'0123456789'.repeat(6)}0123`;
export const TRADER: `0x${string}` = '0x14791697260e4c9a71f18484c9f997b308e59325';
export const BTC = 0;
export const ETH = 1;

/** A running sandbox with a funded trader, and the public client library connected to it. */
export interface SandboxTrader {
  readonly sandbox: HyperliquidSandbox;
  readonly exchange: ExchangeClient;
  readonly info: InfoClient;
  /** Returns the clients of another key, and funds its account if an amount is given. */
  clientOf(key: string, usdc?: number): Pick<SandboxTrader, 'exchange' | 'info'>;
  /** Ends the sandbox. */
  close(): Promise<void>;
}

/** Starts a sandbox with manual prices, BTC at 100,000 and no spread, and 10,000 USDC for TRADER. */
export async function openTrader(options: HyperliquidSandboxOptions = {}): Promise<SandboxTrader> {
  const sandbox = await startHyperliquidSandbox({
    fund: { [TRADER]: '10000' },
    books: { BTC: { spreadBps: 0 }, ETH: { spreadBps: 0 } },
    ...options,
  });
  sandbox.setPrice('BTC', 100_000);
  sandbox.setPrice('ETH', 3_000);
  return {
    sandbox,
    ...clientsOf(sandbox, TRADER_KEY),
    clientOf: (key, usdc) => {
      if (usdc !== undefined) sandbox.fund(new Wallet(key).address, usdc);
      return clientsOf(sandbox, key);
    },
    close: () => sandbox.close(),
  };
}

/** Returns the clients of one key. */
export function clientsOf(
  sandbox: HyperliquidSandbox,
  key: string,
): Pick<SandboxTrader, 'exchange' | 'info'> {
  const transport = new HttpTransport({ isTestnet: sandbox.network === 'testnet', apiUrl: sandbox.url });
  return {
    exchange: new ExchangeClient({ transport, wallet: new Wallet(key) }),
    info: new InfoClient({ transport }),
  };
}

type OrderParameters = Parameters<ExchangeClient['order']>[0]['orders'][number];

interface OrderTerms {
  a?: number;
  b: boolean;
  p: string | number;
  s: string | number;
  r?: boolean;
  tif?: 'Gtc' | 'Ioc' | 'Alo' | 'FrontendMarket';
  c?: `0x${string}`;
}

/** Returns a limit order, by default for BTC, immediate-or-cancel and not reduce-only. */
export function limit({ a = BTC, b, p, s, r = false, tif = 'Ioc', c }: OrderTerms): OrderParameters {
  return { a, b, p, s, r, t: { limit: { tif } }, ...(c && { c }) };
}

/** Returns a reduce-only market trigger order for BTC. */
export function trigger(
  tpsl: 'tp' | 'sl',
  { b, p, s, c }: { b: boolean; p: string | number; s: string | number; c?: `0x${string}` },
): OrderParameters {
  const t = { trigger: { isMarket: true, triggerPx: p, tpsl } };
  return { a: BTC, b, p, s, r: true, t, ...(c && { c }) };
}

/** Returns a client id that ends in `n`. It starts with c1, because @nktkas/hyperliquid reads small ids as numbers. */
export function cloid(n: number): `0x${string}` {
  return `0xc1${n.toString(16).padStart(30, '0')}`;
}

/**
 * Sends orders and returns the raw status of each, errors included; the client itself throws for the first error.
 * Throws only if the whole request is refused.
 */
export async function statusesOf(
  { exchange }: Pick<SandboxTrader, 'exchange'>,
  orders: OrderParameters[],
  grouping: 'na' | 'normalTpsl' | 'positionTpsl' = 'na',
): Promise<unknown[]> {
  try {
    return (await exchange.order({ orders, grouping })).response.data.statuses;
  } catch (error) {
    const answer: unknown = error instanceof ApiRequestError ? error.response : undefined;
    const response = isRecord(answer) ? answer['response'] : undefined;
    const data = isRecord(response) ? response['data'] : undefined;
    if (!isRecord(data) || !Array.isArray(data['statuses'])) throw error;
    return data['statuses'];
  }
}
