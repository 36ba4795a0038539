import type { Receipt } from '../chain/chain.ts';
import type { OstiumContext } from './context.ts';
import type { Failure } from '../chain/errors.ts';
import type { PlacedOrder } from './order-finder.ts';
import { poll } from '../chain/rpc.ts';
import { orderIdOf } from '../chain/settlement.ts';

/** Waits a while for the venue to fill what a transaction asked for; the order is unsettled when it has not. */
export async function awaitSettlement(
  { chain, orders, timing }: OstiumContext,
  receipt: Receipt,
): Promise<PlacedOrder | Failure> {
  const orderId = orderIdOf(receipt, chain.contracts.trading);
  if (orderId === null) return { kind: 'unresolved', text: 'the transaction names no order' };
  const untilMs = performance.now() + timing.settledMs;
  const look = () => orders.settlementOf(orderId, receipt.blockNumber).catch(() => null);
  return { orderId, settlement: await poll(look, { pollMs: timing.pollMs, untilMs }) };
}
