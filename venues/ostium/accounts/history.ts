import { sum } from '#domain/money.ts';
import type { VenueFill } from '../../venue.ts';
import { CALLBACKS, TRADING, USDC } from '../chain/abi.ts';
import { asTopic, readEvent, topicOf, type Chain, type ChainLog } from '../chain/chain.ts';
import type { PairBook } from '../market/pairs.ts';
import { settledTrade, type SettledTrade } from '../chain/settlement.ts';
import { closeFills, entryFill, toVenueFill, type Opening, type TradeFill } from './trade-fills.ts';

/** Reads the fills of trades from the events of the chain. Throws `VenueError`. */
export interface TradeHistory {
  /** Returns the entry and all closes of one trade, the oldest first; none when the trade was never opened. */
  fillsOf(tradeId: bigint): Promise<TradeFill[]>;
  /**
   * Returns whether the chain shows the end of a trade: closed as a whole, or never opened. False is no evidence: the
   * trade is open, or the end is not to be seen yet.
   */
  hasEnded(tradeId: bigint): Promise<boolean>;
  /** Returns the ids of trades of an account that were opened, or closed in part or whole, from a block on. */
  touchedSince(trader: string, fromBlock: number): Promise<bigint[]>;
  /** Returns the fills of all wallets in a range of blocks, each with its wallet. */
  settledIn(fromBlock: number, toBlock: number): Promise<{ trader: string; fill: VenueFill }[]>;
}

const OPENED = [topicOf(CALLBACKS, 'MarketOpenExecuted'), topicOf(CALLBACKS, 'LimitOpenExecuted')];
const EXECUTED = [topicOf(CALLBACKS, 'MarketCloseExecutedV2'), topicOf(CALLBACKS, 'LimitCloseExecuted')];
const NOT_OPENED = [
  topicOf(CALLBACKS, 'MarketOpenCanceled'),
  topicOf(TRADING, 'MarketOpenTimeoutExecutedV2'),
];
/** Events of the callbacks that change a trade after its entry. */
const CHANGED = [
  ...EXECUTED,
  topicOf(CALLBACKS, 'FeesChargedV2'),
  topicOf(CALLBACKS, 'RemoveCollateralExecuted'),
];
const TOPPED_UP = topicOf(TRADING, 'TopUpCollateralExecuted');
const OPEN_ASKED = topicOf(TRADING, 'MarketOpenOrderInitiated');
const CLOSE_ASKED = [
  topicOf(TRADING, 'MarketCloseOrderInitiatedV2'),
  topicOf(TRADING, 'AutomationCloseOrderInitiated'),
];
const TRANSFER = topicOf(USDC, 'Transfer');

const MAX_KEPT = 1_000;

export function createTradeHistory(chain: Chain, pairs: PairBook): TradeHistory {
  const openings = new Map<bigint, Opening>();

  async function openingOf(tradeId: bigint): Promise<Opening | null> {
    const known = openings.get(tradeId);
    if (known) return known;
    const opening = await readOpening(chain, pairs, tradeId);
    const [oldest] = openings.keys();
    if (openings.size >= MAX_KEPT && oldest !== undefined) openings.delete(oldest);
    if (opening) openings.set(tradeId, opening);
    return opening;
  }

  async function fillsOf(tradeId: bigint): Promise<TradeFill[]> {
    const opening = await openingOf(tradeId);
    if (!opening) return [];
    const fromBlock = opening.log.blockNumber;
    const ofTrade = [null, asTopic(tradeId)];
    const { trading } = chain.contracts;
    const settled = { fromBlock, toBlock: await chain.settledBlock() };
    const [changed, toppedUp, asked] = await Promise.all([
      chain.logs({ address: await chain.callbacks(), topics: [CHANGED, ...ofTrade], ...settled }),
      chain.logs({ address: trading, topics: [TOPPED_UP, asTopic(tradeId)], ...settled }),
      chain.logs({ address: trading, topics: [CLOSE_ASKED, ...ofTrade], fromBlock }),
    ]);
    const logs = [...changed, ...toppedUp].toSorted(byPlace);
    const blocks = [opening.log, ...logs].map(({ blockNumber }) => blockNumber);
    const times = await timesOf(chain, blocks);
    return [entryFill(opening, times), ...closeFills(opening, { tradeId, logs, asked, times })];
  }

  async function hasEnded(tradeId: bigint): Promise<boolean> {
    const [entry, ...closes] = await fillsOf(tradeId);
    if (!entry) return wasCancelled(chain, tradeId);
    return sum(closes.map(({ size }) => size)).gte(entry.size);
  }

  return {
    fillsOf,
    hasEnded,

    async touchedSince(trader, fromBlock) {
      const address = chain.contracts.trading;
      const [opened, closed] = await Promise.all([
        chain.logs({ address, topics: [OPEN_ASKED, null, asTopic(trader)], fromBlock }),
        chain.logs({ address, topics: [CLOSE_ASKED, null, null, asTopic(trader)], fromBlock }),
      ]);
      const ids = [...opened.map(({ topics }) => topics[1]), ...closed.map(({ topics }) => topics[2])];
      return [...new Set(ids.flatMap((id) => (id === undefined ? [] : [BigInt(id)])))];
    },

    async settledIn(fromBlock, toBlock) {
      const topics = [[...OPENED, ...EXECUTED]];
      const logs = await chain.logs({ address: await chain.callbacks(), topics, fromBlock, toBlock });
      const settled = logs.map(async (log) => {
        const [name, orderId = '0x0', ofClose = '0x0'] = log.topics;
        const tradeId = BigInt(OPENED.includes(name ?? '') ? orderId : ofClose);
        const fill = (await fillsOf(tradeId)).find((each) => each.orderId === BigInt(orderId));
        const trader = openings.get(tradeId)?.trade.trader;
        return fill && trader !== undefined ? [{ trader, fill: toVenueFill(fill) }] : [];
      });
      return (await Promise.all(settled)).flat();
    },
  };
}

const byPlace = (a: ChainLog, b: ChainLog): number =>
  a.blockNumber - b.blockNumber || a.logIndex - b.logIndex;

/** Returns whether an order to open was cancelled or taken back. */
async function wasCancelled(chain: Chain, orderId: bigint): Promise<boolean> {
  const address = [await chain.callbacks(), chain.contracts.trading];
  const topics = [NOT_OPENED, asTopic(orderId)];
  return (await chain.newestLog({ address, topics, toBlock: await chain.settledBlock() })) !== null;
}

async function readOpening(chain: Chain, pairs: PairBook, tradeId: bigint): Promise<Opening | null> {
  const toBlock = await chain.settledBlock();
  const topics = [OPENED, asTopic(tradeId)];
  const log = await chain.newestLog({ address: await chain.callbacks(), topics, toBlock });
  const event = log && readEvent(CALLBACKS, log);
  if (!log || !event) return null;
  const trade = settledTrade(event.args['t']);
  const pair = (await pairs.all()).find(({ index }) => index === trade.pairIndex);
  return {
    orderId: tradeId,
    trade,
    symbol: pair?.instrument.symbol ?? `pair ${trade.pairIndex}`,
    notional: event.args['tradeNotional'],
    ...(await paymentOf(chain, tradeId, trade, log.blockNumber)),
    log,
  };
}

/** Returns the USDC that the wallet paid for an order, and the transaction that placed it. The part that did not become collateral is fees. */
async function paymentOf(
  chain: Chain,
  orderId: bigint,
  trade: SettledTrade,
  toBlock: number,
): Promise<Pick<Opening, 'paid' | 'placedBy'>> {
  const topics = [OPEN_ASKED, asTopic(orderId)];
  const asked = await chain.newestLog({ address: chain.contracts.trading, topics, toBlock });
  const receipt = asked && (await chain.receiptOfLog(asked));
  const usdc = chain.contracts.usdc.toLowerCase();
  const transfers = (receipt?.logs ?? []).filter(
    ({ address, topics: [topic, from] }) =>
      address === usdc && topic === TRANSFER && from?.toLowerCase() === asked?.topics[2]?.toLowerCase(),
  );
  const paid = transfers.reduce((total, { data }) => total + BigInt(data), 0n);
  return { paid: paid === 0n ? trade.collateral : paid, placedBy: asked?.transactionHash ?? null };
}

async function timesOf(chain: Chain, blocks: readonly number[]): Promise<ReadonlyMap<number, number>> {
  const numbers = [...new Set(blocks)];
  const read = await Promise.all(numbers.map((number) => chain.block(number)));
  return new Map(read.map(({ number, time }) => [number, time]));
}
