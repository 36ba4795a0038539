import { ORACLE_FEE_USD } from '../market/pairs.ts';
import type { Books, LimitRow, OrderRow, PairRow, TradeRow } from '../ledger/rows.ts';
import { pairRow } from '../ledger/rows.ts';
import {
  feedOf,
  groupOf,
  LIQUIDATION_MARGIN_P,
  MAX_OPEN_INTEREST_USD,
  MIN_NOTIONAL_USD,
  PAIRS,
} from '../market/pairs.ts';
import type { PairSpec } from '../market/pairs.ts';

/** An object of the subgraph. Numbers of the chain are strings, as in the deployed subgraph. */
export type Entity = Readonly<Record<string, unknown>>;

const text = (value: bigint | number): string => String(value);
const usd = (amount: number | string): string => text(Math.round(Number(amount) * 1_000_000));
const notionalOf = (collateral: bigint, leverage: bigint): string => text((collateral * leverage) / 100n);

export interface Entities {
  readonly pairs: readonly Entity[];
  readonly trades: readonly Entity[];
  readonly orders: readonly Entity[];
  readonly limits: readonly Entity[];
  readonly metaDatas: readonly Entity[];
}

/** Returns the ledger as subgraph entities. Source of the fields: ostium-python-sdk 3.3.1, subgraph.py. */
export function entitiesOf(books: Books): Entities {
  const pairs = new Map(PAIRS.map((pair) => [pair.index, pairEntity(pair, books)]));
  const pairOf = (index: number): Entity => pairs.get(index)!;
  return {
    pairs: [...pairs.values()],
    // Getters, because there can be many rows and few queries read all lists.
    get trades() {
      return [...books.trades.values()].map((row) => tradeEntity(row, pairOf(row.pairIndex)));
    },
    get orders() {
      return [...books.orders.values()].map((row) => orderEntity(row, pairOf(row.pairIndex)));
    },
    get limits() {
      return [...books.limits.values()].map((row) => limitEntity(row, pairOf(row.pairIndex)));
    },
    metaDatas: [{ id: '1', liqMarginThresholdP: text(LIQUIDATION_MARGIN_P) }],
  };
}

function pairEntity(pair: PairSpec, books: Books): Entity {
  const row = pairRow(books, pair.index);
  const open = [...books.openTrades.values()].filter(({ pairIndex }) => pairIndex === pair.index);
  const interest = (isBuy: boolean): string =>
    text(open.filter((trade) => trade.isBuy === isBuy).reduce((sum, trade) => sum + trade.tradeNotional, 0n));
  return {
    id: text(pair.index),
    from: pair.from,
    to: pair.to,
    feed: feedOf(pair),
    maxLeverage: text(pair.maxLeverage * 100),
    overnightMaxLeverage: text(pair.overnightMaxLeverage * 100),
    makerMaxLeverage: '0',
    makerFeeP: text(pair.feeBps * 10_000),
    takerFeeP: text(pair.feeBps * 10_000),
    spreadP: '0',
    longOI: interest(true),
    shortOI: interest(false),
    maxOI: usd(MAX_OPEN_INTEREST_USD),
    totalOpenTrades: text(open.length),
    totalOpenLimitOrders: text(limitsOf(books, pair).length),
    lastTradePrice: text(row.lastTradePrice),
    ...rolloverOf(row),
    ...NO_FUNDING,
    group: groupEntity(pair),
    fee: { id: '0', minLevPos: usd(MIN_NOTIONAL_USD), oracleFee: usd(ORACLE_FEE_USD) },
  };
}

function limitsOf(books: Books, pair: PairSpec): LimitRow[] {
  return [...books.limits.values()].filter((limit) => limit.isActive && limit.pairIndex === pair.index);
}

function rolloverOf(row: PairRow): Entity {
  return {
    curRollover: text(row.rolloverPerBlockLong),
    rolloverFeePerBlock: text(row.rolloverPerBlockLong),
    accRollover: text(row.accRolloverLong),
    lastRolloverBlock: text(row.lastRolloverBlock),
  };
}

/** Funding fields with which the formulas of clients return 0, because the sandbox charges no funding. */
const NO_FUNDING: Entity = {
  curFundingLong: '0',
  curFundingShort: '0',
  accFundingLong: '0',
  accFundingShort: '0',
  lastFundingBlock: '0',
  maxFundingFeePerBlock: '0',
  lastFundingRate: '0',
  hillInflectionPoint: '0',
  hillPosScale: '100',
  hillNegScale: '100',
  springFactor: '60000000000000',
  sFactorUpScaleP: '10000',
  sFactorDownScaleP: '10000',
};

function groupEntity(pair: PairSpec): Entity {
  const { id, name, minLeverage, maxLeverage } = groupOf(pair);
  return {
    id: text(id),
    name,
    minLeverage: text(minLeverage * 100),
    maxLeverage: text(maxLeverage * 100),
    maxCollateralP: '10000',
    longCollateral: '0',
    shortCollateral: '0',
  };
}

function tradeEntity(row: TradeRow, pair: Entity): Entity {
  return {
    id: row.id,
    tradeID: row.id,
    trader: row.trader,
    index: text(row.index),
    pair,
    tradeType: row.tradeType,
    isBuy: row.isBuy,
    isOpen: row.isOpen,
    isDayTrade: row.isDayTrade,
    closeInitiated: null,
    collateral: text(row.collateral),
    leverage: text(row.leverage),
    highestLeverage: text(row.highestLeverage),
    notional: notionalOf(row.collateral, row.leverage),
    tradeNotional: text(row.tradeNotional),
    openPrice: text(row.openPrice),
    closePrice: text(row.closePrice),
    takeProfitPrice: text(row.takeProfitPrice),
    stopLossPrice: text(row.stopLossPrice),
    funding: '0',
    rollover: text(row.rollover),
    timestamp: text(row.timestamp),
  };
}

function orderEntity(row: OrderRow, pair: Entity): Entity {
  const { pairIndex: _, ...rest } = row;
  const plain = Object.entries(rest).map(([key, value]) => [
    key,
    typeof value === 'bigint' ? text(value) : value,
  ]);
  const numbers = { initiatedAt: text(row.initiatedAt), initiatedBlock: text(row.initiatedBlock) };
  const done =
    row.executedAt === null
      ? {}
      : { executedAt: text(row.executedAt), executedBlock: text(row.executedBlock ?? 0) };
  return {
    ...Object.fromEntries(plain),
    ...numbers,
    ...done,
    pair,
    notional: notionalOf(row.collateral, row.leverage),
  };
}

function limitEntity(row: LimitRow, pair: Entity): Entity {
  return {
    id: row.id,
    trader: row.trader,
    index: text(row.index),
    pair,
    limitType: row.limitType,
    isBuy: row.isBuy,
    isActive: row.isActive,
    isDayTrade: row.isDayTrade,
    collateral: text(row.collateral),
    leverage: text(row.leverage),
    notional: notionalOf(row.collateral, row.leverage),
    openPrice: text(row.openPrice),
    takeProfitPrice: text(row.takeProfitPrice),
    stopLossPrice: text(row.stopLossPrice),
    initiatedAt: text(row.initiatedAt),
  };
}
