import { randomBytes } from 'node:crypto';
import { ExchangeClient, HttpTransport } from '@nktkas/hyperliquid';
import { Wallet } from 'ethers';
import { WebSocket } from 'ws';
import type { SandboxControl } from './sandbox-control.ts';
import { preciseNow } from '#sandbox/precise-now.ts';

type OrderParameters = Parameters<ExchangeClient['order']>[0];

/** One order sent by the bare SDK: when it was called and answered, and the client id it is logged under. */
export interface BareOrder {
  clientOrderId: string;
  calledAt: number;
  answeredAt: number;
}

/**
 * Sends orders with the SDK alone: a wallet in this process, and a price stream whose message is answered with an
 * order at once.
 */
export interface BareTrader {
  /** Sends an action again, under client ids of its own. */
  repeat(action: Record<string, unknown>): Promise<BareOrder>;
  /** Sends the action as soon as the price of `coin` is through `level`. */
  repeatWhen(
    coin: string,
    side: 'above' | 'below',
    level: number,
    action: Record<string, unknown>,
  ): Promise<BareOrder>;
  close(): void;
}

const PLAY_MONEY_USDC = 1_000_000;
/** The venue closes a line on which it has heard nothing for a minute. */
const PING_MS = 30_000;

export async function openBareTrader(sandbox: SandboxControl, coins: readonly string[]): Promise<BareTrader> {
  const wallet = Wallet.createRandom();
  await sandbox.fund(wallet.address, PLAY_MONEY_USDC);
  const transport = new HttpTransport({ isTestnet: true, apiUrl: sandbox.url });
  const exchange = new ExchangeClient({ transport, wallet });
  const prices = await openPrices(sandbox.url, coins);

  async function repeat(action: Record<string, unknown>): Promise<BareOrder> {
    const parameters = withOwnIds(action);
    const clientOrderId = parameters.orders[0]?.c ?? '';
    const calledAt = preciseNow();
    await exchange.order(parameters);
    return { clientOrderId, calledAt, answeredAt: preciseNow() };
  }

  return {
    repeat,
    async repeatWhen(coin, side, level, action) {
      await prices.crossing(coin, (price) => (side === 'below' ? price < level : price > level));
      return repeat(action);
    },
    close: () => prices.close(),
  };
}

function withOwnIds(action: Record<string, unknown>): OrderParameters {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the sandbox took it as an order action
  const { orders, grouping } = action as unknown as Required<OrderParameters>;
  return { orders: orders.map((order) => ({ ...order, c: newClientOrderId() })), grouping };
}

const newClientOrderId = (): `0x${string}` => `0x${randomBytes(16).toString('hex')}`;

interface Prices {
  /** Resolves in the very message whose price meets the condition. */
  crossing(coin: string, isCrossed: (price: number) => boolean): Promise<void>;
  close(): void;
}

async function openPrices(url: string, coins: readonly string[]): Promise<Prices> {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/ws`);
  const waiting = new Map<string, { isCrossed: (price: number) => boolean; resolve: () => void }>();
  await new Promise((resolve, reject) => {
    socket.once('open', resolve);
    socket.once('error', reject);
  });
  socket.on('message', (data: Buffer) => {
    const { channel, data: update } = JSON.parse(data.toString('utf8'));
    const waiter = channel === 'activeAssetCtx' ? waiting.get(update.coin) : undefined;
    if (!waiter?.isCrossed(Number(update.ctx.markPx))) return;
    waiting.delete(update.coin);
    waiter.resolve();
  });
  const ping = setInterval(() => socket.send(JSON.stringify({ method: 'ping' })), PING_MS);
  socket.once('close', () => clearInterval(ping));
  for (const coin of coins) {
    socket.send(JSON.stringify({ method: 'subscribe', subscription: { type: 'activeAssetCtx', coin } }));
  }
  return {
    crossing: (coin, isCrossed) => new Promise<void>((resolve) => waiting.set(coin, { isCrossed, resolve })),
    close: () => socket.terminate(),
  };
}
