import { limitIdOf, toAddress, toBigInt, type Args, type Change } from './change.ts';
import { pairRow, type TradeRow } from './rows.ts';

const ORDER_TYPES = ['Market', 'Limit', 'Stop'];

/** The changes of events about open trades, limit orders and pairs. */
export const HOLDING_CHANGES: Record<string, Change> = {
  TradeInitialAccFeesStoredV2: (books, { tradeId, rollover }) => {
    books.initialRollover.set(String(tradeId), toBigInt(rollover));
  },
  TradeStored: (books, { tradeId, trade, info }, at) => {
    const id = String(tradeId);
    const t = trade as Args; // oxlint-disable-line typescript/no-unsafe-type-assertion
    const { oiNotional, initialLeverage } = info as Args; // oxlint-disable-line typescript/no-unsafe-type-assertion
    const known = books.trades.get(id);
    const leverage = toBigInt(t.leverage);
    const highest = known?.highestLeverage ?? toBigInt(initialLeverage);
    const row: TradeRow = {
      id,
      pairIndex: Number(t.pairIndex),
      trader: toAddress(t.trader),
      index: Number(t.index),
      isBuy: Boolean(t.buy),
      isDayTrade: Boolean(t.isDayTrade),
      isOpen: true,
      collateral: toBigInt(t.collateral),
      leverage,
      highestLeverage: leverage > highest ? leverage : highest,
      openPrice: toBigInt(t.openPrice),
      closePrice: known?.closePrice ?? 0n,
      takeProfitPrice: toBigInt(t.tp),
      stopLossPrice: toBigInt(t.sl),
      tradeNotional: toBigInt(oiNotional),
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
      trader: toAddress(o.trader),
      index: Number(o.index),
      isBuy: Boolean(o.buy),
      isDayTrade: Boolean(o.isDayTrade),
      limitType: ORDER_TYPES[Number(o.orderType)]!,
      collateral: toBigInt(o.collateral),
      leverage: toBigInt(o.leverage),
      openPrice: toBigInt(o.targetPrice),
      takeProfitPrice: toBigInt(o.tp),
      stopLossPrice: toBigInt(o.sl),
      initiatedAt: known?.isActive === true ? known.initiatedAt : at.timestamp,
      isActive: true,
    });
  },
  LimitRemoved: (books, { trader, pairIndex, index }) => {
    const limit = books.limits.get(limitIdOf(trader, pairIndex, index));
    if (limit) limit.isActive = false;
  },
  PairAdded: (books, { index }) => {
    pairRow(books, Number(index)).isListed = true;
  },
  PairRemoved: (books, { index }) => {
    pairRow(books, Number(index)).isListed = false;
  },
  RolloverRateSet: (books, { pairIndex, accLong, accShort, perBlockLong, perBlockShort, blockNumber }) => {
    Object.assign(pairRow(books, Number(pairIndex)), {
      accRolloverLong: toBigInt(accLong),
      accRolloverShort: toBigInt(accShort),
      rolloverPerBlockLong: toBigInt(perBlockLong),
      rolloverPerBlockShort: toBigInt(perBlockShort),
      lastRolloverBlock: toBigInt(blockNumber),
    });
  },
};
