import type { AccountId } from '#domain/ids.ts';
import { amount, decimalString, type Amount, type DecimalString } from '#domain/money.ts';
import { STORAGE } from '../chain/abi.ts';
import type { Chain } from '../chain/chain.ts';
import type { Pair, PairBook } from '../market/pairs.ts';
import { fromChain, fromChainText, toChain } from '../chain/scales.ts';

/** The parts of a pair that an open trade needs. */
export type TradedPair = Pick<Pair, 'index' | 'instrument' | 'maxLeverage'>;

/** An open trade as the contracts hold it, in their own scales. */
export interface OpenTrade {
  tradeId: bigint;
  pair: TradedPair;
  index: number;
  isLong: boolean;
  collateral: bigint;
  leverage: bigint;
  openPrice: bigint;
  /** In units of what is traded, 1e18: the size that is left. */
  notional: bigint;
  stop: bigint;
  takeProfit: bigint;
}

/**
 * Reads open trades from the contracts as of one block, which is never before one that was seen. Throws `VenueError`.
 */
export interface Positions {
  /** Returns all of an account, or those of one pair; the oldest of a pair first. */
  open(trader: AccountId, pair?: TradedPair): Promise<OpenTrade[]>;
  /** Returns the id of the trade in a slot at the moment; null when the slot is empty. */
  idAt(trader: AccountId, slot: Pick<OpenTrade, 'pair' | 'index'>): Promise<bigint | null>;
}

export function createPositions(chain: Chain, pairs: PairBook): Positions {
  const { tradingStorage } = chain.contracts;
  let slots: Promise<number> | null = null;

  const slotsPerPair = (): Promise<number> =>
    (slots ??= chain
      .read(STORAGE, tradingStorage, 'maxTradesPerPair', [])
      .then(([count]) => Number(count))
      .catch((error: unknown) => {
        slots = null;
        throw error;
      }));

  async function isHeld(trader: AccountId, pair: Pair, at: number): Promise<boolean> {
    const [count] = await chain.read(STORAGE, tradingStorage, 'openTradesCount', [trader, pair.index], at);
    return Number(count) > 0;
  }

  async function ofPair(trader: AccountId, pair: TradedPair, at: number): Promise<OpenTrade[]> {
    const indices = Array.from({ length: await slotsPerPair() }, (_each, index) => index);
    const trades = await Promise.all(indices.map((index) => readTrade(chain, trader, { pair, index }, at)));
    const open = trades.filter((each) => each !== null);
    return open.toSorted((a, b) => Number(a.tradeId - b.tradeId));
  }

  async function ofAll(trader: AccountId): Promise<OpenTrade[]> {
    const [all, at] = await Promise.all([pairs.all(), chain.head()]);
    const held = await Promise.all(all.map((pair) => isHeld(trader, pair, at)));
    const trades = all.filter((_pair, index) => held[index]).map((pair) => ofPair(trader, pair, at));
    return (await Promise.all(trades)).flat();
  }

  return {
    open: async (trader, pair) => (pair ? ofPair(trader, pair, await chain.head()) : ofAll(trader)),
    async idAt(trader, slot) {
      const trade = await readTrade(chain, trader, slot);
      return trade && trade.tradeId;
    },
  };
}

async function readTrade(
  chain: Chain,
  trader: AccountId,
  { pair, index }: Pick<OpenTrade, 'pair' | 'index'>,
  at?: number,
): Promise<OpenTrade | null> {
  const { tradingStorage } = chain.contracts;
  const [[trade], [info]] = await Promise.all([
    chain.read(STORAGE, tradingStorage, 'getOpenTrade', [trader, pair.index, index], at),
    chain.read(STORAGE, tradingStorage, 'getOpenTradeInfo', [trader, pair.index, index], at),
  ]);
  if (trade.leverage === 0n) return null;
  return {
    tradeId: info.tradeId,
    pair,
    index,
    isLong: trade.buy,
    collateral: trade.collateral,
    leverage: trade.leverage,
    openPrice: trade.openPrice,
    notional: info.oiNotional,
    stop: trade.sl,
    takeProfit: trade.tp,
  };
}

/** Returns the profit at a price in USD, before fees and rollover. */
export function profitAt({ isLong, notional, openPrice }: OpenTrade, price: DecimalString): Amount {
  const move = amount(price).sub(fromChain(openPrice, 'price'));
  return fromChain(notional, 'price').mul(isLong ? move : move.neg());
}

/** Share of the collateral left at liquidation at the pair's highest leverage. */
const LIQUIDATION_MARGIN = 0.25;

/** Returns the price of liquidation before rollover. Source: PyPI `ostium-python-sdk` 3.3.1, `scscript/pairinfos.py`. */
export function liquidationPrice(trade: OpenTrade): DecimalString {
  const leverage = fromChain(trade.leverage, 'leverage');
  const open = fromChain(trade.openPrice, 'price');
  const lost = leverage.div(trade.pair.maxLeverage).mul(LIQUIDATION_MARGIN).neg().add(1);
  const distance = open.mul(lost).div(leverage);
  const price = trade.isLong ? open.sub(distance) : open.add(distance);
  return decimalString((price.lt(0) ? amount(0) : price).toDecimalPlaces(8));
}

export const sizeOf = ({ notional, isLong }: OpenTrade): DecimalString =>
  fromChainText(isLong ? notional : -notional, 'price');

/** The venue gives a trade without a take profit one at a gain of 9 times its collateral. */
const FURTHEST_GAIN = 9;

/** Returns whether the take profit of a trade was asked for. */
export function hasTarget(trade: OpenTrade): boolean {
  if (trade.takeProfit === 0n) return false;
  const distance = (trade.openPrice * toChain(FURTHEST_GAIN, 'leverage')) / trade.leverage;
  const furthest = trade.isLong ? trade.openPrice + distance : trade.openPrice - distance;
  return trade.isLong ? trade.takeProfit < furthest : trade.takeProfit > (furthest < 0n ? 0n : furthest);
}
