import { ExchangeClient, HttpTransport, InfoClient } from '@nktkas/hyperliquid';
import { JsonRpcProvider, Wallet } from 'ethers';
import { UNIVERSE } from '#sandbox/hyperliquid/market/universe.ts';
import { PAIRS as OSTIUM_PAIRS, nameOf } from '#sandbox/ostium/market/pairs.ts';
import type { OstiumSandbox } from '#sandbox/ostium/server.ts';
import { OstiumTrader, price, usdc } from '#tests/support/ostium-test-venue.ts';
import type { Owner } from './owners.ts';

/** How far from the price an order by hand may fill. */
const SLIPPAGE = 0.05;
const FIGURES = 5;
const OSTIUM_SLIPPAGE_P = 2_000;
const OSTIUM_LEVERAGE = 200;
const WHOLE = 10_000;
/** Trades that one wallet may have in a pair. */
const SLOTS = 3;

/** What an owner does with his own key, in a program of his own. Calls reject where the venue or the line refuses. */
export interface Hands {
  /** Trades at Hyperliquid at once, at any price near the one given. */
  trade(order: HandOrder): Promise<void>;
  /** Returns his position in a coin, negative when short. */
  position(coin: string): Promise<number>;
  /** Opens a trade of his own at Ostium. */
  openOstium(order: { pair: string; isLong: boolean; collateralUsd: number; price: number }): Promise<void>;
  /** Closes a part (0 to 1) of each trade that he has in a pair at Ostium, ours and his own alike. */
  closeOstium(order: { pair: string; part: number; price: number }): Promise<void>;
  close(): void;
}

export interface HandOrder {
  readonly coin: string;
  readonly isBuy: boolean;
  readonly size: number;
  readonly price: number;
  readonly reduceOnly: boolean;
}

export function createHands(owner: Owner, hyperliquidUrl: string, ostium: OstiumSandbox): Hands {
  const transport = new HttpTransport({ isTestnet: true, apiUrl: hyperliquidUrl });
  const exchange = new ExchangeClient({ transport, wallet: new Wallet(owner.privateKey) });
  const info = new InfoClient({ transport });
  const provider = new JsonRpcProvider(ostium.rpcUrl, ostium.chainId, {
    staticNetwork: true,
    cacheTimeout: -1,
  });
  const trader = new OstiumTrader(owner.privateKey, provider, ostium);
  return {
    async trade({ coin, isBuy, size, price: near, reduceOnly }) {
      const a = UNIVERSE.findIndex(({ name }) => name === coin);
      const decimals = UNIVERSE[a]!.szDecimals;
      const s = size.toFixed(decimals);
      const p = Number((near * (isBuy ? 1 + SLIPPAGE : 1 - SLIPPAGE)).toPrecision(FIGURES));
      const t = { limit: { tif: 'Ioc' as const } };
      await exchange.order({ orders: [{ a, b: isBuy, p, s, r: reduceOnly, t }], grouping: 'na' });
    },
    async position(coin) {
      const { assetPositions } = await info.clearinghouseState({ user: `0x${owner.address.slice(2)}` });
      return Number(assetPositions.find(({ position }) => position.coin === coin)?.position.szi ?? 0);
    },
    async openOstium({ pair, isLong, collateralUsd, price: near }) {
      const pairIndex = OSTIUM_PAIRS.find((each) => nameOf(each) === pair)!.index;
      const args = trader.openArguments({
        collateral: usdc(collateralUsd),
        openPrice: price(near),
        leverage: OSTIUM_LEVERAGE,
        buy: isLong,
        slippageP: OSTIUM_SLIPPAGE_P,
        pairIndex,
      });
      await trader.send(trader.trading, 'openTrade', ...args);
    },
    async closeOstium({ pair, part, price: near }) {
      const pairIndex = OSTIUM_PAIRS.find((each) => nameOf(each) === pair)!.index;
      const percentage = Math.round(part * WHOLE);
      for (let index = 0; index < SLOTS; index += 1) {
        const held = await trader.storage.getFunction('getOpenTrade')(owner.address, pairIndex, index);
        if (held.leverage === 0n) continue;
        const args = [pairIndex, index, percentage, price(near), OSTIUM_SLIPPAGE_P];
        await trader.send(trader.trading, 'closeTradeMarket', ...args);
      }
    },
    close: () => provider.destroy(),
  };
}
