import { ExchangeClient, HttpTransport } from '@nktkas/hyperliquid';
import { Wallet } from 'ethers';
import { UNIVERSE } from '#sandbox/hyperliquid/market/universe.ts';
import { openSealedKey } from '#venues/keys/sealed-key.ts';
import { TEST_MASTER_KEY } from './api.ts';
import type { TestDeployment, TradingBase } from './trading-system.ts';

/** Trades of an account's owner through another program. */
export interface ByHand {
  buy(coin: string, size: string, price: number): Promise<void>;
  sell(coin: string, size: string, price: number): Promise<void>;
  /** Has positions in a coin backed by an amount of their own, or by the whole account. */
  margin(coin: string, mode: 'isolated' | 'cross', leverage: number): Promise<void>;
  /** Rests a buy far below the market, under this client id. */
  restBuy(coin: string, size: string, price: number, clientOrderId: `0x${string}`): Promise<void>;
  /** Has the stop of a long with this client id trigger elsewhere. */
  moveStop(
    coin: string,
    clientOrderId: `0x${string}`,
    to: { size: string; triggerPrice: string },
  ): Promise<void>;
}

/** Trades in the account of a deployment, with a client of its own. */
export async function byHand(
  system: Pick<TradingBase, 'db' | 'sandbox'>,
  { deploymentId }: TestDeployment,
): Promise<ByHand> {
  const key = await system.db.tradingKey.findFirstOrThrow({
    where: { deploymentId, venue: 'hyperliquid', active: true },
  });
  const sealed = { ...key, sealed: Uint8Array.from(key.sealed) };
  const wallet = new Wallet(openSealedKey([TEST_MASTER_KEY], sealed).privateKey);
  const transport = new HttpTransport({ isTestnet: true, apiUrl: system.sandbox.url });
  const exchange = new ExchangeClient({ transport, wallet });
  const send = async (
    coin: string,
    isBuy: boolean,
    s: string,
    p: number,
    tif: 'Ioc' | 'Gtc',
    c?: `0x${string}`,
  ) => {
    const a = UNIVERSE.findIndex(({ name }) => name === coin);
    const t = { limit: { tif } };
    await exchange.order({ orders: [{ a, b: isBuy, p, s, r: false, t, ...(c && { c }) }], grouping: 'na' });
  };
  return {
    buy: (coin, size, price) => send(coin, true, size, price, 'Ioc'),
    sell: (coin, size, price) => send(coin, false, size, price, 'Ioc'),
    async margin(coin, mode, leverage) {
      const asset = UNIVERSE.findIndex(({ name }) => name === coin);
      await exchange.updateLeverage({ asset, isCross: mode === 'cross', leverage });
    },
    restBuy: (coin, size, price, clientOrderId) => send(coin, true, size, price, 'Gtc', clientOrderId),
    async moveStop(coin, c, { size: s, triggerPrice: triggerPx }) {
      const a = UNIVERSE.findIndex(({ name }) => name === coin);
      const t = { trigger: { isMarket: true, triggerPx, tpsl: 'sl' as const } };
      const order = { a, b: false, p: triggerPx, s, r: true, t, c };
      await exchange.batchModify({ modifies: [{ oid: c, order }], a: true });
    },
  };
}
