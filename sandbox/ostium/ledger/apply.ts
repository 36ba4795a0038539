import type { LogDescription } from 'ethers';
import { TRIGGER, triggerKey } from '../keeper/triggers.ts';
import { pairRow } from './rows.ts';
import type { Books, OrderRow, TradeRow } from './rows.ts';

/** One event of the chain with its block, time and transaction. */
export interface ChainEvent {
  readonly event: LogDescription;
  readonly blockNumber: number;
  readonly timestamp: number;
  readonly transactionHash: string;
}

type Args = LogDescription['args'];
type Apply = (books: Books, args: Args, at: ChainEvent) => void;

const ORDER_TYPES = ['Market', 'Limit', 'Stop'];
const TRIGGER_TYPES = ['TakeProfit', 'StopLoss', 'Liquidation', 'Limit', 'CloseDayTrade', 'RemoveCollateral'];
const ALL_PERCENT = 10_000n;

const big = (value: unknown): bigint => BigInt(String(value));
const lower = (address: unknown): string => String(address).toLowerCase();

/** The change that each event makes in the books. Other events change nothing. */
const APPLY: Record<string, Apply> = {
  PriceRequestedV2: () => undefined,
  PriceReceived: (books, { orderId, pairIndex, price }) => {
    books.requests.delete(String(orderId));
    pairRow(books, Number(pairIndex)).lastTradePrice = big(price);
  },
  MarketOrderStored: (books, { orderId, open, tradeId, order }, at) => {
    const { trade, percentage } = order as Args; // oxlint-disable-line typescript/no-unsafe-type-assertion
    const pairIndex = Number(trade.pairIndex);
    books.requests.set(String(orderId), { orderId: big(orderId), pairIndex });
    const target = books.trades.get(String(tradeId));
    const isOpen = Boolean(open);
    books.orders.set(String(orderId), {
      ...newOrder(orderId, pairIndex, lower(trade.trader), 'Market', isOpen ? 'Open' : 'Close', at),
      tradeID: isOpen ? null : String(tradeId),
      isBuy: isOpen ? Boolean(trade.buy) : (target?.isBuy ?? false),
      collateral: isOpen ? big(trade.collateral) : share(target?.collateral, percentage),
      leverage: isOpen ? big(trade.leverage) : (target?.leverage ?? 0n),
      tradeNotional: isOpen ? 0n : share(target?.tradeNotional, percentage),
      closePercent: big(percentage),
    });
  },
  AutomationStored: (books, { orderId, order }, at) => {
    const { trader, pairIndex, index, orderType, tradeId } = order as Args; // oxlint-disable-line typescript/no-unsafe-type-assertion
    const opens = Number(orderType) === TRIGGER.open;
    const limitID = limitIdOf(trader, pairIndex, index);
    books.requests.set(String(orderId), {
      orderId: big(orderId),
      pairIndex: Number(pairIndex),
      triggerKey: triggerKey(Number(orderType), opens ? limitID : String(tradeId)),
    });
    const target = opens ? books.limits.get(limitID) : books.trades.get(String(tradeId));
    const type = opens
      ? (books.limits.get(limitID)?.limitType ?? 'Limit')
      : TRIGGER_TYPES[Number(orderType)]!;
    books.orders.set(String(orderId), {
      ...newOrder(orderId, Number(pairIndex), lower(trader), type, opens ? 'Open' : 'Close', at),
      tradeID: opens ? null : String(tradeId),
      limitID: opens ? limitID : null,
      isBuy: target?.isBuy ?? false,
      collateral: target?.collateral ?? 0n,
      leverage: target?.leverage ?? 0n,
      tradeNotional: (target && 'tradeNotional' in target && target.tradeNotional) || 0n,
      closePercent: opens ? 0n : ALL_PERCENT,
    });
  },
  RemoveCollateralInitiated: (books, { orderId, tradeId, trader, pairIndex, removeAmount }, at) => {
    books.requests.set(String(orderId), { orderId: big(orderId), pairIndex: Number(pairIndex) });
    books.orders.set(String(orderId), {
      ...newOrder(orderId, Number(pairIndex), lower(trader), 'RemoveCollateral', 'RemoveCollateral', at),
      tradeID: String(tradeId),
      isBuy: books.trades.get(String(tradeId))?.isBuy ?? false,
      collateral: big(removeAmount),
    });
  },
  TradeInitialAccFeesStoredV2: (books, { tradeId, rollover }) => {
    books.initialRollover.set(String(tradeId), big(rollover));
  },
  TradeStored: (books, { tradeId, trade, info }, at) => {
    const id = String(tradeId);
    const t = trade as Args; // oxlint-disable-line typescript/no-unsafe-type-assertion
    const { oiNotional, initialLeverage } = info as Args; // oxlint-disable-line typescript/no-unsafe-type-assertion
    const known = books.trades.get(id);
    const leverage = big(t.leverage);
    const highest = known?.highestLeverage ?? big(initialLeverage);
    const row: TradeRow = {
      id,
      pairIndex: Number(t.pairIndex),
      trader: lower(t.trader),
      index: Number(t.index),
      isBuy: Boolean(t.buy),
      isDayTrade: Boolean(t.isDayTrade),
      isOpen: true,
      collateral: big(t.collateral),
      leverage,
      highestLeverage: leverage > highest ? leverage : highest,
      openPrice: big(t.openPrice),
      closePrice: known?.closePrice ?? 0n,
      takeProfitPrice: big(t.tp),
      stopLossPrice: big(t.sl),
      tradeNotional: big(oiNotional),
      rollover: known?.rollover ?? books.initialRollover.get(id) ?? 0n,
      tradeType: known?.tradeType ?? books.orders.get(id)?.orderType ?? 'Market',
      timestamp: known?.timestamp ?? at.timestamp,
    };
    books.trades.set(id, row);
    books.openTrades.set(id, row);
  },
  TradeRemoved: (books, { tradeId }) => {
    const trade = books.trades.get(String(tradeId));
    if (trade) trade.isOpen = false;
    books.openTrades.delete(String(tradeId));
  },
  LimitStored: (books, { order }, at) => {
    const o = order as Args; // oxlint-disable-line typescript/no-unsafe-type-assertion
    const id = limitIdOf(o.trader, o.pairIndex, o.index);
    const known = books.limits.get(id);
    books.limits.set(id, {
      id,
      pairIndex: Number(o.pairIndex),
      trader: lower(o.trader),
      index: Number(o.index),
      isBuy: Boolean(o.buy),
      isDayTrade: Boolean(o.isDayTrade),
      limitType: ORDER_TYPES[Number(o.orderType)]!,
      collateral: big(o.collateral),
      leverage: big(o.leverage),
      openPrice: big(o.targetPrice),
      takeProfitPrice: big(o.tp),
      stopLossPrice: big(o.sl),
      initiatedAt: known?.isActive === true ? known.initiatedAt : at.timestamp,
      isActive: true,
    });
  },
  LimitRemoved: (books, { trader, pairIndex, index }) => {
    const limit = books.limits.get(limitIdOf(trader, pairIndex, index));
    if (limit) limit.isActive = false;
  },
  DevFeeCharged: (books, { tradeId, amount }) => charge(books, tradeId, 'devFee', amount),
  VaultOpeningFeeCharged: (books, { tradeId, amount }) => charge(books, tradeId, 'vaultFee', amount),
  BuilderFeeCharged: (books, { tradeId, amount }) => charge(books, tradeId, 'builderFee', amount),
  OracleFeeCharged: (books, { tradeId, amount }) => {
    // The event of a closing order names only its trade, so the order is the one of that trade that still waits.
    const waiting = [...books.requests.keys()].map((id) => books.orders.get(id));
    const closing = waiting.find((order) => order?.tradeID === String(tradeId));
    if (closing) closing.oracleFee = big(amount);
    else charge(books, tradeId, 'oracleFee', amount);
  },
  VaultLiqFeeCharged: (books, { orderId, amount }) => charge(books, orderId, 'liquidationFee', amount),
  FeesChargedV2: (books, { orderId, rolloverFees, fundingFees }) => {
    charge(books, orderId, 'rolloverFee', rolloverFees);
    charge(books, orderId, 'fundingFee', fundingFees);
  },
  MarketOpenExecuted: opened,
  LimitOpenExecuted: opened,
  MarketCloseExecutedV2: closed,
  LimitCloseExecuted: closed,
  RemoveCollateralExecuted: (books, { orderId }, at) => {
    const order = settled(books, orderId, at);
    if (order) order.amountSentToTrader = order.collateral - order.oracleFee;
  },
  MarketOpenCanceled: (books, { orderId, cancelReason }, at) => cancelled(books, orderId, cancelReason, at),
  MarketCloseCanceled: (books, { orderId, cancelReason }, at) => cancelled(books, orderId, cancelReason, at),
  AutomationOpenOrderCanceled: (books, { orderId, cancelReason }, at) =>
    cancelled(books, orderId, cancelReason, at),
  AutomationCloseOrderCanceled: (books, { orderId, cancelReason }, at) =>
    cancelled(books, orderId, cancelReason, at),
  RemoveCollateralRejected: (books, { orderId, reason }, at) => cancelled(books, orderId, reason, at),
  MarketOpenTimeoutExecutedV2: (books, { orderId }, at) => cancelled(books, orderId, 'TIMEOUT', at),
  MarketCloseTimeoutExecutedV2: (books, { orderId }, at) => cancelled(books, orderId, 'TIMEOUT', at),
  PairAdded: (books, { index }) => {
    pairRow(books, Number(index)).isListed = true;
  },
  PairRemoved: (books, { index }) => {
    pairRow(books, Number(index)).isListed = false;
  },
  RolloverRateSet: (books, { pairIndex, accLong, accShort, perBlockLong, perBlockShort, blockNumber }) => {
    Object.assign(pairRow(books, Number(pairIndex)), {
      accRolloverLong: big(accLong),
      accRolloverShort: big(accShort),
      rolloverPerBlockLong: big(perBlockLong),
      rolloverPerBlockShort: big(perBlockShort),
      lastRolloverBlock: big(blockNumber),
    });
  },
};

/** Brings the books up to an event. Events must come in the chain's order. */
export function applyEvent(books: Books, at: ChainEvent): void {
  APPLY[at.event.name]?.(books, at.event.args, at);
}

function opened(books: Books, args: Args, at: ChainEvent): void {
  const order = settled(books, args['orderId'], at);
  if (!order) return;
  const t = args['t'] as Args; // oxlint-disable-line typescript/no-unsafe-type-assertion
  order.tradeID = order.id;
  order.price = big(t.openPrice);
  order.priceAfterImpact = order.price;
  order.priceImpactP = hundredths(args['priceImpactP'], 18n);
  order.collateral = big(t.collateral);
  order.tradeNotional = big(args['tradeNotional']);
}

function closed(books: Books, args: Args, at: ChainEvent): void {
  const order = settled(books, args['orderId'], at);
  if (!order) return;
  order.price = big(args['price']);
  order.priceAfterImpact = order.price;
  order.priceImpactP = hundredths(args['priceImpactP'], 18n);
  order.profitPercent = hundredths(args['percentProfit'], 6n);
  order.amountSentToTrader = big(args['usdcSentToTrader']);
  const gained = order.amountSentToTrader - order.collateral;
  order.totalProfitPercent = order.collateral === 0n ? 0n : (gained * ALL_PERCENT) / order.collateral;
  const trade = books.trades.get(String(args['tradeId']));
  if (trade) trade.closePrice = order.price;
}

function cancelled(books: Books, orderId: unknown, reason: unknown, at: ChainEvent): void {
  const order = settled(books, orderId, at);
  if (!order) return;
  order.isCancelled = true;
  order.cancelReason = String(reason);
}

function settled(books: Books, orderId: unknown, at: ChainEvent): OrderRow | undefined {
  books.requests.delete(String(orderId));
  const order = books.orders.get(String(orderId));
  if (!order) return undefined;
  order.isPending = false;
  order.executedAt = at.timestamp;
  order.executedTx = at.transactionHash;
  order.executedBlock = at.blockNumber;
  return order;
}

type FeeName =
  | 'devFee'
  | 'vaultFee'
  | 'oracleFee'
  | 'builderFee'
  | 'liquidationFee'
  | 'fundingFee'
  | 'rolloverFee';

function charge(books: Books, orderId: unknown, fee: FeeName, amount: unknown): void {
  const order = books.orders.get(String(orderId));
  if (order) order[fee] = big(amount);
}

function newOrder(
  orderId: unknown,
  pairIndex: number,
  trader: string,
  orderType: string,
  orderAction: string,
  { timestamp, transactionHash, blockNumber }: ChainEvent,
): OrderRow {
  return {
    id: String(orderId),
    pairIndex,
    trader,
    orderType,
    orderAction,
    initiatedAt: timestamp,
    initiatedTx: transactionHash,
    initiatedBlock: blockNumber,
    tradeID: null,
    limitID: null,
    isBuy: false,
    collateral: 0n,
    leverage: 0n,
    tradeNotional: 0n,
    closePercent: 0n,
    isPending: true,
    isCancelled: false,
    cancelReason: null,
    price: 0n,
    priceAfterImpact: 0n,
    priceImpactP: 0n,
    profitPercent: 0n,
    totalProfitPercent: 0n,
    amountSentToTrader: 0n,
    devFee: 0n,
    vaultFee: 0n,
    oracleFee: 0n,
    builderFee: 0n,
    liquidationFee: 0n,
    fundingFee: 0n,
    rolloverFee: 0n,
    executedAt: null,
    executedTx: null,
    executedBlock: null,
  };
}

function limitIdOf(trader: unknown, pairIndex: unknown, index: unknown): string {
  return `${lower(trader)}_${String(pairIndex)}_${String(index)}`;
}

function share(amount: bigint | undefined, percentage: unknown): bigint {
  return ((amount ?? 0n) * big(percentage)) / ALL_PERCENT;
}

/** Returns a percentage with `scale` decimals in hundredths of a percent. */
function hundredths(value: unknown, scale: bigint): bigint {
  return big(value) / 10n ** (scale - 2n);
}
