import type { Result } from 'ethers';
import { CALLBACKS, TRADING } from './abi.ts';
import { asTopic, readEvent, topicOf, type Chain, type ChainLog, type Receipt } from './chain.ts';

/** The end of an order that asked for a price. Numbers are in the scales of the contracts. */
export type Settlement =
  | { kind: 'opened'; trade: SettledTrade; notional: bigint; log: ChainLog }
  | { kind: 'closed'; tradeId: bigint; log: ChainLog }
  /** `kept` is the part of the collateral that the venue keeps. */
  | { kind: 'cancelled'; reason: number; kept: bigint; log: ChainLog }
  | { kind: 'timed_out'; log: ChainLog };

export interface SettledTrade {
  /** Lower-case address of the wallet. */
  trader: string;
  collateral: bigint;
  openPrice: bigint;
  takeProfit: bigint;
  stop: bigint;
  leverage: bigint;
  pairIndex: number;
  isLong: boolean;
}

const INITIATED = ['MarketOpenOrderInitiated', 'MarketCloseOrderInitiatedV2'];
/** Topic of `PriceRequestedV2(uint256,uint8,bytes32,uint256)` at the oracle; only its order id is known to be indexed. */
const PRICE_REQUESTED = '0x0b34af4df6d01bd2b84814169152cd26e9cccd4bccf7cf16caf8e33ec6a8211e';

/** Returns the id of the order that a transaction placed; null when it placed none. */
export function orderIdOf(receipt: Receipt, trading: string): bigint | null {
  for (const log of receipt.logs) {
    const event = log.address === trading.toLowerCase() ? readEvent(TRADING, log) : null;
    if (event && INITIATED.includes(event.name)) return event.args['orderId'];
  }
  const requested = receipt.logs.find(({ topics }) => topics[0] === PRICE_REQUESTED);
  return requested?.topics[1] === undefined ? null : BigInt(requested.topics[1]);
}

/** Returns the id of the trade that a transaction asked to close; null when it asked for no close. */
export const closedTradeOf = (receipt: Receipt): bigint | null =>
  tradeNamedIn(receipt, ['MarketCloseOrderInitiatedV2']);

/** Returns the id of the trade whose stop or target a transaction moved; null when it moved none. */
export const movedTradeOf = (receipt: Receipt): bigint | null =>
  tradeNamedIn(receipt, ['SlUpdated', 'TpUpdated']);

function tradeNamedIn(receipt: Receipt, events: readonly string[]): bigint | null {
  for (const log of receipt.logs) {
    const event = readEvent(TRADING, log);
    if (event && events.includes(event.name)) return event.args['tradeId'];
  }
  return null;
}

const SETTLING = [
  topicOf(CALLBACKS, 'MarketOpenExecuted'),
  topicOf(CALLBACKS, 'MarketOpenCanceled'),
  topicOf(CALLBACKS, 'MarketCloseExecutedV2'),
  topicOf(CALLBACKS, 'MarketCloseCanceled'),
  topicOf(TRADING, 'MarketOpenTimeoutExecutedV2'),
  topicOf(TRADING, 'MarketCloseTimeoutExecutedV2'),
];

/** Returns the end of an order once it is deep enough in the chain; null until then. Throws `VenueError`. */
export async function findSettlement(
  chain: Chain,
  orderId: bigint,
  fromBlock: number,
): Promise<Settlement | null> {
  const toBlock = await chain.settledBlock();
  const logs = await chain.logs({
    address: [await chain.callbacks(), chain.contracts.trading],
    topics: [SETTLING, asTopic(orderId)],
    fromBlock,
    toBlock,
  });
  const [log] = logs;
  return log ? readSettlement(chain, log) : null;
}

async function readSettlement(chain: Chain, log: ChainLog): Promise<Settlement> {
  const event = readEvent(CALLBACKS, log);
  if (event?.name === 'MarketOpenExecuted') {
    return {
      kind: 'opened',
      trade: settledTrade(event.args['t']),
      notional: event.args['tradeNotional'],
      log,
    };
  }
  if (event?.name === 'MarketCloseExecutedV2') return { kind: 'closed', tradeId: event.args['tradeId'], log };
  if (!event) return { kind: 'timed_out', log };
  const kept = event.name === 'MarketOpenCanceled' ? await keptBy(chain, log) : 0n;
  return { kind: 'cancelled', reason: Number(event.args['cancelReason']), kept, log };
}

/** Returns the fee of the oracle, which is kept when an open is cancelled. */
async function keptBy(chain: Chain, log: ChainLog): Promise<bigint> {
  const { logs } = await chain.receiptOfLog(log);
  const charged = logs.flatMap((each): bigint[] => {
    const event = readEvent(CALLBACKS, each);
    const isOfOrder = each.topics[1] === log.topics[1];
    return event?.name === 'OracleFeeCharged' && isOfOrder ? [event.args['amount']] : [];
  });
  return charged.reduce((total, each) => total + each, 0n);
}

/** Returns the `Trade` of an event. */
export const settledTrade = (trade: Result): SettledTrade => ({
  trader: String(trade['trader']).toLowerCase(),
  collateral: trade['collateral'],
  openPrice: trade['openPrice'],
  takeProfit: trade['tp'],
  stop: trade['sl'],
  leverage: trade['leverage'],
  pairIndex: Number(trade['pairIndex']),
  isLong: trade['buy'],
});
