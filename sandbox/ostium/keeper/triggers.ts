import type { Books, LimitRow, PairRow, TradeRow } from '../ledger/rows.ts';
import { pairRow } from '../ledger/rows.ts';
import { TRIGGER, triggerKey } from '../ledger/trigger-key.ts';
import { findPair, LIQUIDATION_MARGIN_P, maxLeverageOf } from '../market/pairs.ts';
import type { PairSpec } from '../market/pairs.ts';
import type { PriceBoard, Quote } from '../market/price-board.ts';

export interface Trigger {
  readonly key: string;
  readonly kind: number;
  readonly trader: string;
  readonly pair: PairSpec;
  readonly index: number;
}

const PERCENT_AT_6 = 100_000_000n;
const ONE_AT_18 = 10n ** 18n;

/** Returns the triggers that the present prices reach, of one pair or of all, except those that wait for a price. */
export function triggersHit(
  books: Books,
  board: PriceBoard,
  blockNumber: number,
  only?: PairSpec,
): Trigger[] {
  const waiting = new Set([...books.requests.values()].map((request) => request.triggerKey));
  const hits = [...tradeTriggers(books, board, blockNumber, only), ...limitTriggers(books, board, only)];
  return hits.filter(({ key }) => !waiting.has(key));
}

function* tradeTriggers(
  books: Books,
  board: PriceBoard,
  blockNumber: number,
  only: PairSpec | undefined,
): Generator<Trigger> {
  for (const trade of books.openTrades.values()) {
    if (only && trade.pairIndex !== only.index) continue;
    const pair = findPair(trade.pairIndex);
    const quote = board.quote(pair);
    const row = pairRow(books, pair.index);
    if (!quote.isMarketOpen || !row.isListed) continue;
    const kind = kindHit(trade, quote, row, BigInt(blockNumber));
    if (kind === undefined) continue;
    yield { key: triggerKey(kind, trade.id), kind, trader: trade.trader, pair, index: trade.index };
  }
}

function kindHit(trade: TradeRow, quote: Quote, row: PairRow, block: bigint): number | undefined {
  const { isBuy, stopLossPrice: sl, takeProfitPrice: tp } = trade;
  const price = isBuy ? quote.bid : quote.ask;
  if (sl > 0n && (isBuy ? price <= sl : price >= sl)) return TRIGGER.stopLoss;
  if (isLiquidated(trade, quote.pair, price, row, block)) return TRIGGER.liquidation;
  if (tp > 0n && (isBuy ? price >= tp : price <= tp)) return TRIGGER.takeProfit;
  const overnight = BigInt(quote.pair.overnightMaxLeverage) * 100n;
  if (quote.isDayTradingClosed && overnight > 0n && trade.leverage > overnight) return TRIGGER.closeDayTrade;
  return undefined;
}

/** Returns whether a trade is liquidated at this price, by the formula of the contract PairInfos. */
function isLiquidated(trade: TradeRow, pair: PairSpec, price: bigint, row: PairRow, block: bigint): boolean {
  const { collateral, leverage, openPrice, isBuy } = trade;
  const move = isBuy ? price - openPrice : openPrice - price;
  const profit = (collateral * ((move * 1_000_000n * leverage) / openPrice)) / PERCENT_AT_6;
  const threshold =
    (BigInt(LIQUIDATION_MARGIN_P) * 1_000_000n * leverage) / (BigInt(maxLeverageOf(pair)) * 100n);
  const blocks = block - row.lastRolloverBlock;
  const accrued = isBuy
    ? row.accRolloverLong + blocks * row.rolloverPerBlockLong
    : row.accRolloverShort + blocks * row.rolloverPerBlockShort;
  const rollover = ((accrued - trade.rollover) * collateral * leverage) / ONE_AT_18 / 100n;
  return collateral + profit - rollover <= (collateral * threshold) / PERCENT_AT_6;
}

function* limitTriggers(books: Books, board: PriceBoard, only: PairSpec | undefined): Generator<Trigger> {
  for (const limit of books.limits.values()) {
    if (!limit.isActive || (only && limit.pairIndex !== only.index)) continue;
    const pair = findPair(limit.pairIndex);
    const quote = board.quote(pair);
    if (!quote.isMarketOpen || !pairRow(books, pair.index).isListed || !isReached(limit, quote)) continue;
    const { id, trader, index } = limit;
    yield { key: triggerKey(TRIGGER.open, id), kind: TRIGGER.open, trader, pair, index };
  }
}

function isReached({ isBuy, limitType, openPrice }: LimitRow, { bid, mid, ask }: Quote): boolean {
  if (limitType === 'Limit') return isBuy ? ask <= openPrice : bid >= openPrice;
  return isBuy ? mid >= openPrice : mid <= openPrice;
}
