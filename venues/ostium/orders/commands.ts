import { isLegalSize } from '#domain/instrument.ts';
import { amount, type Amount, type DecimalString } from '#domain/money.ts';
import type { OrderRequest } from '../../venue.ts';
import type { Failure } from '../chain/errors.ts';
import type { Pair } from '../market/pairs.ts';
import type { OpenTrade } from '../accounts/positions.ts';
import { isStale, type OstiumPrice } from '../market/prices.ts';
import { fromChainText, toChain, WHOLE } from '../chain/scales.ts';

/** The `Trade` that opens a position, without the trader. */
export interface Opening {
  trade: {
    collateral: bigint;
    openPrice: bigint;
    tp: bigint;
    sl: bigint;
    leverage: bigint;
    pairIndex: number;
    index: 0;
    buy: boolean;
    isDayTrade: false;
  };
  slippage: bigint;
}

export interface Closing {
  /** Hundredths of a percent of the trade. */
  percentage: bigint;
  wanted: bigint;
  slippage: bigint;
}

const LEAST_SLIPPAGE = 1n;
const MOST_SLIPPAGE = 9_999n;
/** Past this loss of the collateral the venue would move the stop by itself. Source: `setMaxSl_P` of the callbacks. */
const FURTHEST_LOSS_PCT = 85;

/** How far the price of an entry may be from the one its size was planned at. */
const ROOM_FOR_PRICE_PCT = 1;

/** The terms that an entry meets at the venue. */
export interface OpeningTerms {
  pair: Pair | null;
  price: OstiumPrice | null;
  leverage: number;
  /** USDC in the wallet. */
  fundsUsd: Amount;
  staleMs: number;
}

/**
 * Returns the trade that opens the position of an entry with its stop and target, or why it is not to be sent. The
 * collateral is the value of the size at the price now over the leverage, and fees come out of it.
 */
export function planOpen(
  [entry, ...protections]: readonly OrderRequest[],
  { pair, price, leverage, fundsUsd, staleMs }: OpeningTerms,
): Opening | Failure {
  if (!entry || !pair) return rejected('not_tradable', 'Ostium does not list the instrument.');
  if (!isLegalSize(pair.instrument, entry.size)) {
    const text = `${entry.size} ${pair.instrument.symbol} is not a whole number of lots.`;
    return { kind: 'denied', code: 'size_illegal', text };
  }
  const closed = hindrance(price, staleMs);
  if (closed || !price) return closed ?? noPrice;
  if (leverage < pair.minLeverage || leverage > pair.maxLeverage) {
    return rejected(
      'leverage_out_of_range',
      `${leverage}x is not within ${pair.minLeverage}x to ${pair.maxLeverage}x.`,
    );
  }
  const buy = entry.side === 'buy';
  const wanted = amount(buy ? price.ask : price.bid);
  if (buy ? wanted.gt(entry.price) : wanted.lt(entry.price)) {
    return rejected('ioc_no_match', `The price is ${wanted.toFixed()}, past the limit of ${entry.price}.`);
  }
  const stop = protections.find(({ kind }) => kind === 'stop_trigger')?.triggerPrice ?? null;
  const target = protections.find(({ kind }) => kind === 'take_profit_trigger')?.triggerPrice ?? null;
  if (stop !== null && lossPct(stop, wanted, leverage).gt(FURTHEST_LOSS_PCT)) {
    const text = `At ${leverage}x the stop at ${stop} would lose more than ${FURTHEST_LOSS_PCT} % of the collateral.`;
    return rejected('trigger_price_invalid', text);
  }
  return {
    trade: {
      collateral: collateralOf(amount(entry.size).mul(wanted), leverage, fundsUsd),
      openPrice: toChain(wanted, 'price'),
      tp: toChain(target ?? '0', 'price'),
      sl: toChain(stop ?? '0', 'price'),
      leverage: toChain(leverage, 'leverage'),
      pairIndex: pair.index,
      index: 0,
      buy,
      isDayTrade: false,
    },
    slippage: slippageOf(wanted, entry.price),
  };
}

const lossPct = (stop: DecimalString, price: Amount, leverage: number): Amount =>
  amount(stop).div(price).sub(1).abs().mul(100).mul(leverage);

/**
 * Returns the collateral of a trade. The size was planned at the middle of the market and buyers pay more, so a trade
 * that needs up to 1 % more than the funds takes all of them. A larger one is left to the venue to refuse.
 */
function collateralOf(valueUsd: Amount, leverage: number, fundsUsd: Amount): bigint {
  const wanted = valueUsd.div(leverage);
  const fits = wanted.lte(fundsUsd) || wanted.gt(fundsUsd.mul(1 + ROOM_FOR_PRICE_PCT / 100));
  return toChain(fits ? wanted : fundsUsd, 'usdc', fits ? 'up' : 'down');
}

/** A trade to be closed, with what the books say is left of it; null where they do not say. */
export interface ClosedTrade {
  trade: OpenTrade;
  positionSize: DecimalString | null;
}

/** The price that is known when a trade is to be closed. */
export interface ClosingPrice {
  price: OstiumPrice | null;
  /** The service named the price just now. */
  isCurrent: boolean;
}

/**
 * Returns what closes `order.size` of a trade, in hundredths of a percent of what the trade holds. A market that is
 * closed is waited for. Where the price is not known, or is old, the trade is closed at whatever price there is: the
 * wanted price is then the last one known, or the order's own limit.
 */
export function planClose(
  order: OrderRequest,
  { trade, positionSize }: ClosedTrade,
  { price, isCurrent }: ClosingPrice,
  staleMs: number,
): Closing | Failure {
  if (price && isCurrent && !price.isOpen) {
    // The close is sent again later.
    return { kind: 'denied', code: 'market_closed', text: `The market of ${price.symbol} is closed.` };
  }
  const percentage = partOf(order, trade, positionSize);
  if (percentage === null) return soldAlready(trade);
  const known = price && amount(trade.isLong ? price.bid : price.ask);
  const wanted = known ?? amount(order.price);
  const isFresh = price !== null && isCurrent && !isStale(price, staleMs, Date.now());
  return {
    percentage,
    wanted: toChain(wanted, 'price'),
    slippage: isFresh ? slippageOf(wanted, order.price) : MOST_SLIPPAGE,
  };
}

/**
 * Returns the part of the trade, as the chain holds it now, that the order's size comes to, less what has left the
 * trade and is not booked yet; null when that is all of it.
 */
function partOf(
  { size: wanted }: OrderRequest,
  { notional }: OpenTrade,
  positionSize: DecimalString | null,
): bigint | null {
  const booked = positionSize === null ? notional : toChain(positionSize, 'price');
  const size = toChain(wanted, 'price');
  if (size >= notional || size >= booked) return WHOLE;
  const gone = booked > notional ? booked - notional : 0n;
  const part = ((size - gone) * WHOLE + notional / 2n) / notional;
  if (part > 0n) return part;
  return gone === 0n ? 1n : null;
}

/** Returns the denial of a close whose part has left the trade already, which the books learn soon. */
const soldAlready = ({ tradeId, notional }: OpenTrade): Failure => ({
  kind: 'denied',
  code: 'close_pending',
  text: `Trade ${tradeId} holds ${fromChainText(notional, 'price')} by now, less than the books say.`,
});

/** Returns why nothing can be traded at a price; null where it can. */
function hindrance(
  price: OstiumPrice | null,
  staleMs: number,
): Extract<Failure, { kind: 'rejected' }> | null {
  if (!price) return noPrice;
  if (!price.isOpen) return rejected('market_closed', `The market of ${price.symbol} is closed.`);
  if (isStale(price, staleMs, Date.now())) {
    return rejected(
      'no_price',
      `The last price of ${price.symbol} is of ${new Date(price.time).toISOString()}.`,
    );
  }
  return null;
}

/** Returns the distance from the price now to the worst accepted, in hundredths of a percent, rounded down. */
function slippageOf(wanted: Amount, worst: DecimalString): bigint {
  const room = amount(worst).div(wanted).sub(1).abs().mul(100);
  const hundredths = toChain(room, 'percent');
  if (hundredths < LEAST_SLIPPAGE) return LEAST_SLIPPAGE;
  return hundredths > MOST_SLIPPAGE ? MOST_SLIPPAGE : hundredths;
}

const rejected = (code: string, text: string): Extract<Failure, { kind: 'rejected' }> => ({
  kind: 'rejected',
  code,
  text,
});
const noPrice = rejected('no_price', 'The price service names no price for the instrument.');
