import { asId, type VenueOrderId } from '#domain/ids.ts';
import { amount, decimalString, type Amount, type DecimalString } from '#domain/money.ts';
import type { VenueFill } from '../../venue.ts';
import { CALLBACKS, TRADING } from '../chain/abi.ts';
import { asTopic, readEvent, type ChainLog } from '../chain/chain.ts';
import { fromChain, fromChainText, WHOLE } from '../chain/scales.ts';
import type { SettledTrade } from '../chain/settlement.ts';

/** A fill, with the cost of holding the closed part until then. */
export interface TradeFill extends VenueFill {
  /** Number of the order that made the fill, in the contracts. */
  orderId: bigint;
  tradeId: bigint;
  /** Rollover and funding of the closed part; negative when paid. */
  carriedUsd: DecimalString;
}

/** Returns the fill in the form of every venue. */
export function toVenueFill(fill: TradeFill): VenueFill {
  const { orderId: _orderId, tradeId, carriedUsd: _carriedUsd, ...plain } = fill;
  return { ...plain, positionId: asPositionId(tradeId) };
}

/** The opening of a trade, which never changes once it is settled. */
export interface Opening {
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

/** Decimals kept of a fee that a division may leave without an end. */
const USD_DECIMALS = 12;

/** Kinds of triggers. Source: `IOstiumTradingStorage.sol`, `LimitOrder`. */
const TRIGGERED = { takeProfit: 0n, stop: 1n, liquidation: 2n };

/** Returns the fill that opened a trade. */
export function entryFill(opening: Opening, times: ReadonlyMap<number, number>): TradeFill {
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

/** The events of closing a trade. */
interface Closing {
  tradeId: bigint;
  /** Closes, and what changed the collateral between them, in the order of the chain. */
  logs: readonly ChainLog[];
  asked: readonly ChainLog[];
  times: ReadonlyMap<number, number>;
}

/**
 * Returns the fills that closed a trade. Each close takes its part of the size that earlier closes left. Collateral that
 * the owner put in or took out is paid back with the closed part, and is neither fee nor profit.
 */
export function closeFills(opening: Opening, { tradeId, logs, asked, times }: Closing): TradeFill[] {
  const placedBy = new Map(asked.map(({ topics, transactionHash }) => [topics[1], transactionHash]));
  const carried = new Map(logs.flatMap(readCarried));
  let [collateral, notional] = [opening.trade.collateral, opening.notional];
  return logs.flatMap((log): TradeFill[] => {
    collateral += readCollateralChange(log);
    const close = readClose(log);
    if (close === null) return [];
    const part = close.percentage >= WHOLE ? collateral : (collateral * close.percentage) / WHOLE;
    const size = close.percentage >= WHOLE ? notional : (notional * part) / collateral;
    const carriedUsd = fromChain(-(carried.get(close.orderId) ?? 0n), 'usdc');
    collateral -= part;
    notional -= size;
    return [
      {
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
        ...firedLegOf(close),
        time: times.get(close.log.blockNumber) ?? 0,
      },
    ];
  });
}

/** Returns the fee of a close: collateral, profit and carrying cost of the part, less the USDC that the wallet got. */
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

/** Returns the profit of a close as the venue names it: in millionths of a percent of the closed collateral. */
const closedPnl = (part: bigint, { percentProfit }: Close): DecimalString =>
  decimalString(
    fromChain(part, 'usdc').mul(amount(percentProfit.toString())).div(1e8).toDecimalPlaces(USD_DECIMALS),
  );

/** Returns the id of the stop of a trade, which has no number at the venue. */
export const stopOrderId = (tradeId: bigint): VenueOrderId => asId<VenueOrderId>(`${tradeId}/stop`);

export const targetOrderId = (tradeId: bigint): VenueOrderId => asId<VenueOrderId>(`${tradeId}/take_profit`);

/** Returns the id of a position: the number of the order that opened the trade. */
export const asPositionId = (tradeId: bigint): VenueOrderId => asId<VenueOrderId>(tradeId.toString());

function firedLegOf({ trigger }: Close): Pick<VenueFill, 'firedLeg'> {
  if (trigger === TRIGGERED.stop) return { firedLeg: 'stop' };
  return trigger === TRIGGERED.takeProfit ? { firedLeg: 'take_profit' } : {};
}

function closingOrder(tradeId: bigint, { trigger, orderId }: Close): VenueOrderId {
  if (trigger === TRIGGERED.stop) return stopOrderId(tradeId);
  return trigger === TRIGGERED.takeProfit ? targetOrderId(tradeId) : asId<VenueOrderId>(orderId.toString());
}

/** Returns the USDC that an event put into a trade, negative when taken out; 0 for other events. */
function readCollateralChange(log: ChainLog): bigint {
  const toppedUp = readEvent(TRADING, log);
  if (toppedUp?.name === 'TopUpCollateralExecuted') return toppedUp.args['topUpAmount'];
  const taken = readEvent(CALLBACKS, log);
  const amountTaken: bigint = taken?.name === 'RemoveCollateralExecuted' ? taken.args['removeAmount'] : 0n;
  return -amountTaken;
}

const CLOSES = ['MarketCloseExecutedV2', 'LimitCloseExecuted'];

function readClose(log: ChainLog): Close | null {
  const event = readEvent(CALLBACKS, log);
  if (!event || !CLOSES.includes(event.name)) return null;
  const { args, name } = event;
  const isMarket = name === 'MarketCloseExecutedV2';
  return {
    orderId: args['orderId'],
    price: args['price'],
    percentage: isMarket ? args['percentageClosed'] : WHOLE,
    percentProfit: args['percentProfit'],
    payout: args['usdcSentToTrader'],
    trigger: isMarket ? null : args['orderType'],
    log,
  };
}

function readCarried(log: ChainLog): [bigint, bigint][] {
  const event = readEvent(CALLBACKS, log);
  if (event?.name !== 'FeesChargedV2') return [];
  return [[event.args['orderId'], event.args['rolloverFees'] + event.args['fundingFees']]];
}
