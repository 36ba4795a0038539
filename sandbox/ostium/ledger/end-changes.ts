import { ALL_PERCENT, toBigInt, type Args, type Change, type ChainEvent } from './change.ts';
import { type Books, type OrderRow } from './rows.ts';

/** The changes of events by which orders end. */
export const END_CHANGES: Record<string, Change> = {
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
};

function opened(books: Books, args: Args, at: ChainEvent): void {
  const order = settled(books, args['orderId'], at);
  if (!order) return;
  const t = args['t'] as Args; // oxlint-disable-line typescript/no-unsafe-type-assertion
  order.tradeID = order.id;
  order.price = toBigInt(t.openPrice);
  order.priceAfterImpact = order.price;
  order.priceImpactP = hundredths(args['priceImpactP'], 18n);
  order.collateral = toBigInt(t.collateral);
  order.tradeNotional = toBigInt(args['tradeNotional']);
}

function closed(books: Books, args: Args, at: ChainEvent): void {
  const order = settled(books, args['orderId'], at);
  if (!order) return;
  order.price = toBigInt(args['price']);
  order.priceAfterImpact = order.price;
  order.priceImpactP = hundredths(args['priceImpactP'], 18n);
  order.profitPercent = hundredths(args['percentProfit'], 6n);
  order.amountSentToTrader = toBigInt(args['usdcSentToTrader']);
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

/** Returns a percentage with `scale` decimals in hundredths of a percent. */
function hundredths(value: unknown, scale: bigint): bigint {
  return toBigInt(value) / 10n ** (scale - 2n);
}
