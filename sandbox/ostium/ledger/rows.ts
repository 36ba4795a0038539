/** Rows behind the subgraph. Amounts are integers with the scales of the contracts. */

export interface TradeRow {
  readonly id: string;
  readonly pairIndex: number;
  readonly trader: string;
  readonly index: number;
  readonly isBuy: boolean;
  readonly isDayTrade: boolean;
  isOpen: boolean;
  collateral: bigint;
  leverage: bigint;
  highestLeverage: bigint;
  openPrice: bigint;
  closePrice: bigint;
  takeProfitPrice: bigint;
  stopLossPrice: bigint;
  /** Size in units of the pair's first asset, scaled by 1e18. */
  tradeNotional: bigint;
  /** Accumulated rollover of the pair when the trade was opened. */
  rollover: bigint;
  tradeType: string;
  timestamp: number;
}

export interface OrderRow {
  readonly id: string;
  readonly pairIndex: number;
  readonly trader: string;
  readonly orderType: string;
  readonly orderAction: string;
  readonly initiatedAt: number;
  readonly initiatedTx: string;
  readonly initiatedBlock: number;
  tradeID: string | null;
  limitID: string | null;
  isBuy: boolean;
  collateral: bigint;
  leverage: bigint;
  tradeNotional: bigint;
  closePercent: bigint;
  isPending: boolean;
  isCancelled: boolean;
  cancelReason: string | null;
  price: bigint;
  priceAfterImpact: bigint;
  /** In hundredths of a percent, like `profitPercent` and `totalProfitPercent`. */
  priceImpactP: bigint;
  profitPercent: bigint;
  totalProfitPercent: bigint;
  amountSentToTrader: bigint;
  devFee: bigint;
  vaultFee: bigint;
  oracleFee: bigint;
  builderFee: bigint;
  liquidationFee: bigint;
  fundingFee: bigint;
  rolloverFee: bigint;
  executedAt: number | null;
  executedTx: string | null;
  executedBlock: number | null;
}

export interface LimitRow {
  /** `<trader>_<pair>_<index>`. */
  readonly id: string;
  readonly pairIndex: number;
  readonly trader: string;
  readonly index: number;
  readonly isBuy: boolean;
  readonly isDayTrade: boolean;
  readonly limitType: string;
  collateral: bigint;
  leverage: bigint;
  openPrice: bigint;
  takeProfitPrice: bigint;
  stopLossPrice: bigint;
  initiatedAt: number;
  isActive: boolean;
}

export interface PairRow {
  readonly pairIndex: number;
  isListed: boolean;
  lastTradePrice: bigint;
  accRolloverLong: bigint;
  accRolloverShort: bigint;
  rolloverPerBlockLong: bigint;
  rolloverPerBlockShort: bigint;
  lastRolloverBlock: bigint;
}

/** A request for an oracle price that is not answered yet. */
export interface PriceRequestRow {
  readonly orderId: bigint;
  readonly pairIndex: number;
  /** Key of the trigger that made the request, absent for an order of a trader. */
  readonly triggerKey?: string;
}

export class Books {
  readonly trades = new Map<string, TradeRow>();
  /** The open ones of `trades`. */
  readonly openTrades = new Map<string, TradeRow>();
  readonly orders = new Map<string, OrderRow>();
  readonly limits = new Map<string, LimitRow>();
  readonly pairs = new Map<number, PairRow>();
  readonly requests = new Map<string, PriceRequestRow>();
  /** Accumulated rollover of new trades, by trade id, until their `TradeStored` event. */
  readonly initialRollover = new Map<string, bigint>();
}

/** Returns the row of a pair, and adds an empty one if there is none. */
export function pairRow(books: Books, pairIndex: number): PairRow {
  const known = books.pairs.get(pairIndex);
  if (known) return known;
  const row: PairRow = {
    pairIndex,
    isListed: true,
    lastTradePrice: 0n,
    accRolloverLong: 0n,
    accRolloverShort: 0n,
    rolloverPerBlockLong: 0n,
    rolloverPerBlockShort: 0n,
    lastRolloverBlock: 0n,
  };
  books.pairs.set(pairIndex, row);
  return row;
}
