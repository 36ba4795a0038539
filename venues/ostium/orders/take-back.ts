import type { OrderReport } from '#domain/order.ts';
import type { CommandOptions, NotedOrder, Outcome, TradingAccount } from '../../venue.ts';
import { VenueError } from '../../venue.ts';
import { TRADING } from '../chain/abi.ts';
import { legOf } from './client-order-id.ts';
import type { OstiumContext } from './context.ts';
import { callAsDelegate } from './delegate-call.ts';
import type { PlacedOrder } from './order-finder.ts';

/**
 * Returns how an order stands that the venue took some time ago, having taken it back where its time is up. Never
 * returns a refusal for want of an answer: only what the chain shows ends an order. Throws `VenueError`.
 */
export async function settleOrder(
  context: OstiumContext,
  account: TradingAccount,
  order: NotedOrder,
  options: CommandOptions,
): Promise<Outcome<OrderReport>> {
  const placed = await findPlaced(context, account, order);
  if ('kind' in placed) return placed;
  const { orders } = context;
  if (placed.settlement)
    return { kind: 'confirmed', value: await orders.report(placed, order.clientOrderId) };
  const back = await takeBack(context, account, { order, orderId: placed.orderId }, options);
  if (back.kind === 'denied' || back.kind === 'unresolved') return back;
  const now = await orders.placedBy(order.reference);
  return { kind: 'confirmed', value: await orders.report(now ?? placed, order.clientOrderId) };
}

/** Looks for the order by its transaction; one that no node shows is refused only once its nonce is used otherwise. */
async function findPlaced(
  { orders, transactions }: OstiumContext,
  { signer }: TradingAccount,
  { reference }: NotedOrder,
): Promise<PlacedOrder | Exclude<Outcome<never>, { kind: 'confirmed' }>> {
  if (reference === null) return { kind: 'unresolved', text: 'nothing was noted of how the order was sent' };
  try {
    return (await orders.placedBy(reference)) ?? neverPlaced;
  } catch (error) {
    if (!(error instanceof VenueError) || error.code !== 'venue_behind') throw error;
    const fence = await transactions.fence(signer, -1, reference);
    const isNever = fence.kind === 'confirmed' && fence.value === 'fenced';
    return isNever ? neverPlaced : { kind: 'unresolved', text: error.message };
  }
}

const neverPlaced = {
  kind: 'rejected',
  code: 'not_accepted',
  text: 'No transaction placed the order, and none can any more.',
} as const;

/** Asks the venue for an order back that it has not filled; it reverts while the order's time is not up. */
function takeBack(
  context: OstiumContext,
  account: TradingAccount,
  { order, orderId }: { order: NotedOrder; orderId: bigint },
  { note: _note, ...options }: CommandOptions,
) {
  const data =
    legOf(order.clientOrderId) === 'entry'
      ? TRADING.encodeFunctionData('openTradeMarketTimeout', [orderId])
      : TRADING.encodeFunctionData('closeTradeMarketTimeout', [orderId, false]);
  return callAsDelegate(context, account, { data }, options);
}
