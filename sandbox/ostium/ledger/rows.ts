/** Rows of the books: what the subgraph tells. Amounts are integers at the contracts' scales. */

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
  /** Units of the pair's first asset, 1e18. */
  tradeNotional: bigint;
  /** What rollover stood at when the trade was opened. */
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
  /** Hundredths of a percent, as are both profits. */
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

/** A price that the oracle has been asked for and not answered. */
export interface PriceRequestRow {
  readonly orderId: bigint;
  readonly pairIndex: number;
  /** The trigger that asks, where it is one. */
  readonly triggerKey?: string;
}

export class Books {
  readonly trades = new Map<string, TradeRow>();
  /** Those of `trades` that are open. */
  readonly openTrades = new Map<string, TradeRow>();
  readonly orders = new Map<string, OrderRow>();
  readonly limits = new Map<string, LimitRow>();
  readonly pairs = new Map<number, PairRow>();
  readonly requests = new Map<string, PriceRequestRow>();
  /** What rollover stood at for trades that are about to be stored. */
  readonly initialRollover = new Map<string, bigint>();
}

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
