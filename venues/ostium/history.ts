import { asId, type VenueOrderId } from '#domain/ids.ts';
import { amount, decimalString, type Amount, type DecimalString } from '#domain/money.ts';
import type { VenueFill } from '../venue.ts';
import { CALLBACKS, TRADING, USDC } from './abi.ts';
import { asTopic, readEvent, topicOf, type Chain, type ChainLog } from './chain.ts';
import type { PairBook } from './pairs.ts';
import { fromChain, fromChainText, WHOLE } from './scales.ts';
import { settledTrade, type SettledTrade } from './settlement.ts';

/** A fill, and what holding the closed part had cost until then. */
export interface TradeFill extends VenueFill {
  /** The order by which it came about, as the contracts number it. */
  orderId: bigint;
  tradeId: bigint;
  /** Rollover and funding of the closed part; negative when paid. */
  carriedUsd: DecimalString;
}

/** What happened to trades, from the events of the chain. Throws `VenueError`. */
export interface TradeHistory {
  /** The entry and every close of one trade, oldest first; nothing when no such trade was ever opened. */
  fillsOf(tradeId: bigint): Promise<TradeFill[]>;
  /** Trades of an account that were opened, or closed in part or whole, from a block on. */
  touchedSince(trader: string, fromBlock: number): Promise<bigint[]>;
  /** Fills of everybody in a range of blocks, each with the wallet it belongs to. */
  settledIn(fromBlock: number, toBlock: number): Promise<{ trader: string; fill: TradeFill }[]>;
}

/** The fill as every venue tells it. */
export function toVenueFill(fill: TradeFill): VenueFill {
  const { orderId: _orderId, tradeId, carriedUsd: _carriedUsd, ...plain } = fill;
  return { ...plain, positionId: asPositionId(tradeId) };
}

const OPENED = [topicOf(CALLBACKS, 'MarketOpenExecuted'), topicOf(CALLBACKS, 'LimitOpenExecuted')];
const EXECUTED = [topicOf(CALLBACKS, 'MarketCloseExecutedV2'), topicOf(CALLBACKS, 'LimitCloseExecuted')];
const CLOSED = [...EXECUTED, topicOf(CALLBACKS, 'FeesChargedV2')];
const OPEN_ASKED = topicOf(TRADING, 'MarketOpenOrderInitiated');
const CLOSE_ASKED = [
  topicOf(TRADING, 'MarketCloseOrderInitiatedV2'),
  topicOf(TRADING, 'AutomationCloseOrderInitiated'),
];
const TRANSFER = topicOf(USDC, 'Transfer');

/** What is kept of an opening: it never changes once it is settled. */
interface Opening {
  orderId: bigint;
  trade: SettledTrade;
  symbol: string;
  notional: bigint;
  /** USDC taken from the wallet. */
  paid: bigint;
  /** The transaction that placed the order; null when it was found by none. */
  placedBy: string | null;
  log: ChainLog;
}

const MAX_KEPT = 1_000;
/** Finest unit kept of a fee that comes out of a division. */
const USD_DECIMALS = 12;

/** What a trigger was for. Source: `IOstiumTradingStorage.sol`, `LimitOrder`. */
const TRIGGERED = { takeProfit: 0n, stop: 1n, liquidation: 2n };

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
    const [logs, asked] = await Promise.all([
      chain.logs({
        address: await chain.callbacks(),
        topics: [CLOSED, ...ofTrade],
        fromBlock,
        toBlock: await chain.settledBlock(),
      }),
      chain.logs({ address: chain.contracts.trading, topics: [CLOSE_ASKED, ...ofTrade], fromBlock }),
    ]);
    const blocks = [opening.log, ...logs].map(({ blockNumber }) => blockNumber);
    const times = await timesOf(chain, blocks);
    return [entryFill(opening, times), ...closeFills(opening, { tradeId, logs, asked, times })];
  }

  return {
    fillsOf,

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
        return fill && trader !== undefined ? [{ trader, fill }] : [];
      });
      return (await Promise.all(settled)).flat();
    },
  };
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

/** What the wallet paid when the order was placed; fees are what did not become collateral. */
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

function entryFill(opening: Opening, times: ReadonlyMap<number, number>): TradeFill {
  const { trade, orderId, notional, paid, log } = opening;
  return {
    orderId,
    tradeId: orderId,
    symbol: opening.symbol,
    venueFillId: orderId.toString(),
    venueOrderId: asId<VenueOrderId>(orderId.toString()),
    clientOrderId: null,
    placedBy: opening.placedBy,
    side: trade.isLong ? 'buy' : 'sell',
    price: fromChainText(trade.openPrice, 'price'),
    size: fromChainText(notional, 'price'),
    feeUsd: fromChainText(paid - trade.collateral, 'usdc'),
    closedPnlUsd: '0',
    carriedUsd: '0',
    liquidation: false,
    time: times.get(log.blockNumber) ?? 0,
  };
}

interface Close {
  orderId: bigint;
  price: bigint;
  percentage: bigint;
  percentProfit: bigint;
  payout: bigint;
  trigger: bigint | null;
  log: ChainLog;
}

/** Everything that was asked and done to close a trade. */
interface Closing {
  tradeId: bigint;
  logs: readonly ChainLog[];
  asked: readonly ChainLog[];
  times: ReadonlyMap<number, number>;
}

/** Walks the closes in order, since each takes its part of what the ones before have left. */
function closeFills(opening: Opening, { tradeId, logs, asked, times }: Closing): TradeFill[] {
  const placedBy = new Map(asked.map(({ topics, transactionHash }) => [topics[1], transactionHash]));
  const carried = new Map(logs.flatMap(readCarried));
  let [collateral, notional] = [opening.trade.collateral, opening.notional];
  return logs.flatMap(readClose).map((close) => {
    const part = close.percentage >= WHOLE ? collateral : (collateral * close.percentage) / WHOLE;
    const size = close.percentage >= WHOLE ? notional : (notional * part) / collateral;
    const carriedUsd = fromChain(-(carried.get(close.orderId) ?? 0n), 'usdc');
    collateral -= part;
    notional -= size;
    return {
      orderId: close.orderId,
      tradeId,
      symbol: opening.symbol,
      venueFillId: close.orderId.toString(),
      venueOrderId: closingOrder(tradeId, close),
      clientOrderId: null,
      // A trigger is pulled by a keeper, whose transaction says nothing about an order of ours.
      placedBy: close.trigger === null ? (placedBy.get(asTopic(close.orderId)) ?? null) : null,
      side: opening.trade.isLong ? 'sell' : 'buy',
      price: fromChainText(close.price, 'price'),
      size: fromChainText(size, 'price'),
      feeUsd: feeOf(opening.trade, close, { part, size, carriedUsd }),
      closedPnlUsd: closedPnl(part, close),
      carriedUsd: decimalString(carriedUsd),
      liquidation: close.trigger === TRIGGERED.liquidation,
      time: times.get(close.log.blockNumber) ?? 0,
    };
  });
}

/** What the wallet got less than its part of the collateral, the profit and the carrying costs come to. */
function feeOf(
  trade: SettledTrade,
  { price, payout }: Close,
  { part, size, carriedUsd }: { part: bigint; size: bigint; carriedUsd: Amount },
): DecimalString {
  const move = fromChain(price - trade.openPrice, 'price').mul(trade.isLong ? 1 : -1);
  const due = fromChain(part, 'usdc')
    .add(move.mul(fromChain(size, 'price')))
    .add(carriedUsd);
  return decimalString(due.sub(fromChain(payout, 'usdc')).toDecimalPlaces(USD_DECIMALS));
}

/** The venue's own word: millionths of a percent of the collateral that was closed. */
const closedPnl = (part: bigint, { percentProfit }: Close): DecimalString =>
  decimalString(
    fromChain(part, 'usdc').mul(amount(percentProfit.toString())).div(1e8).toDecimalPlaces(USD_DECIMALS),
  );

/** A trade is named by the order that opened it. */
export const asPositionId = (tradeId: bigint): VenueOrderId => asId<VenueOrderId>(tradeId.toString());

/** Stop and target of a trade have no number of their own: they are named by the trade. */
export const stopOrderId = (tradeId: bigint): VenueOrderId => asId<VenueOrderId>(`${tradeId}/stop`);
export const targetOrderId = (tradeId: bigint): VenueOrderId => asId<VenueOrderId>(`${tradeId}/take_profit`);

function closingOrder(tradeId: bigint, { trigger, orderId }: Close): VenueOrderId {
  if (trigger === TRIGGERED.stop) return stopOrderId(tradeId);
  return trigger === TRIGGERED.takeProfit ? targetOrderId(tradeId) : asId<VenueOrderId>(orderId.toString());
}

function readClose(log: ChainLog): Close[] {
  const event = readEvent(CALLBACKS, log);
  if (!event || event.name === 'FeesChargedV2') return [];
  const { args, name } = event;
  const isMarket = name === 'MarketCloseExecutedV2';
  return [
    {
      orderId: args['orderId'],
      price: args['price'],
      percentage: isMarket ? args['percentageClosed'] : WHOLE,
      percentProfit: args['percentProfit'],
      payout: args['usdcSentToTrader'],
      trigger: isMarket ? null : args['orderType'],
      log,
    },
  ];
}

function readCarried(log: ChainLog): [bigint, bigint][] {
  const event = readEvent(CALLBACKS, log);
  if (event?.name !== 'FeesChargedV2') return [];
  return [[event.args['orderId'], event.args['rolloverFees'] + event.args['fundingFees']]];
}
