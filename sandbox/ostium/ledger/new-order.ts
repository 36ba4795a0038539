import { type ChainEvent } from './change.ts';
import { type OrderRow } from './rows.ts';

/** Returns the row of an order that waits for its price. */
export function newOrder(
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
