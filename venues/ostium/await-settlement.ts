import type { Receipt } from './chain.ts';
import type { OstiumContext } from './context.ts';
import type { Failure } from './errors.ts';
import type { PlacedOrder } from './orders.ts';
import { poll } from './rpc.ts';
import { orderIdOf } from './settlement.ts';

/** Waits a while for the venue to fill what a transaction asked for; the order is unsettled when it has not. */
export async function awaitSettlement(
  { chain, orders, timing }: OstiumContext,
  receipt: Receipt,
): Promise<PlacedOrder | Failure> {
  const orderId = orderIdOf(receipt, chain.contracts.trading);
  if (orderId === null) return { kind: 'unresolved', text: 'the transaction names no order' };
  const untilMs = Date.now() + timing.settledMs;
  const look = () => orders.settlementOf(orderId, receipt.blockNumber).catch(() => null);
  return { orderId, settlement: await poll(look, { pollMs: timing.pollMs, untilMs }) };
}
