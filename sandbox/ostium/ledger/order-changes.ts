import { ALL_PERCENT, limitIdOf, toAddress, toBigInt, type Args, type Change } from './change.ts';
import { newOrder } from './new-order.ts';
import { pairRow } from './rows.ts';
import { TRIGGER, triggerKey } from './trigger-key.ts';

const TRIGGER_TYPES = ['TakeProfit', 'StopLoss', 'Liquidation', 'Limit', 'CloseDayTrade', 'RemoveCollateral'];

/** The changes of events by which orders are placed and asked prices come. */
export const ORDER_CHANGES: Record<string, Change> = {
  PriceRequestedV2: () => undefined,
  PriceReceived: (books, { orderId, pairIndex, price }) => {
    books.requests.delete(String(orderId));
    pairRow(books, Number(pairIndex)).lastTradePrice = toBigInt(price);
  },
  MarketOrderStored: (books, { orderId, open, tradeId, order }, at) => {
    const { trade, percentage } = order as Args; // oxlint-disable-line typescript/no-unsafe-type-assertion
    const pairIndex = Number(trade.pairIndex);
    books.requests.set(String(orderId), { orderId: toBigInt(orderId), pairIndex });
    const target = books.trades.get(String(tradeId));
    const isOpen = Boolean(open);
    books.orders.set(String(orderId), {
      ...newOrder(orderId, pairIndex, toAddress(trade.trader), 'Market', isOpen ? 'Open' : 'Close', at),
      tradeID: isOpen ? null : String(tradeId),
      isBuy: isOpen ? Boolean(trade.buy) : (target?.isBuy ?? false),
      collateral: isOpen ? toBigInt(trade.collateral) : share(target?.collateral, percentage),
      leverage: isOpen ? toBigInt(trade.leverage) : (target?.leverage ?? 0n),
      tradeNotional: isOpen ? 0n : share(target?.tradeNotional, percentage),
      closePercent: toBigInt(percentage),
    });
  },
  AutomationStored: (books, { orderId, order }, at) => {
    const { trader, pairIndex, index, orderType, tradeId } = order as Args; // oxlint-disable-line typescript/no-unsafe-type-assertion
    const opens = Number(orderType) === TRIGGER.open;
    const limitID = limitIdOf(trader, pairIndex, index);
    books.requests.set(String(orderId), {
      orderId: toBigInt(orderId),
      pairIndex: Number(pairIndex),
      triggerKey: triggerKey(Number(orderType), opens ? limitID : String(tradeId)),
    });
    const target = opens ? books.limits.get(limitID) : books.trades.get(String(tradeId));
    const type = opens
      ? (books.limits.get(limitID)?.limitType ?? 'Limit')
      : TRIGGER_TYPES[Number(orderType)]!;
    books.orders.set(String(orderId), {
      ...newOrder(orderId, Number(pairIndex), toAddress(trader), type, opens ? 'Open' : 'Close', at),
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
    books.requests.set(String(orderId), { orderId: toBigInt(orderId), pairIndex: Number(pairIndex) });
    books.orders.set(String(orderId), {
      ...newOrder(orderId, Number(pairIndex), toAddress(trader), 'RemoveCollateral', 'RemoveCollateral', at),
      tradeID: String(tradeId),
      isBuy: books.trades.get(String(tradeId))?.isBuy ?? false,
      collateral: toBigInt(removeAmount),
    });
  },
};

/** Returns the part of an amount that a percentage of two decimals names. */
function share(amount: bigint | undefined, percentage: unknown): bigint {
  return ((amount ?? 0n) * toBigInt(percentage)) / ALL_PERCENT;
}
