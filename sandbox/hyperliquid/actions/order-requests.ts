import type { Account } from '../accounts/account.ts';
import type { Exchange } from '../exchange/exchange.ts';
import type { Order, OrderAnswer } from '../orders/order.ts';
import { RequestRefused, UnreadableRequest } from '../wire/refusals.ts';
import { VENUE_TEXT } from '../wire/venue-text.ts';

/** Reads a list entry by entry. Throws UnreadableRequest for no list, RequestRefused for an empty one. */
export function parseList<T>(list: unknown, parse: (entry: unknown) => T): T[] {
  if (!Array.isArray(list)) throw new UnreadableRequest();
  if (list.length === 0) throw new RequestRefused(VENUE_TEXT.emptyBatch);
  return list.map(parse);
}

/** Throws RequestRefused if no market has this asset id. */
export function requireAsset(exchange: Exchange, asset: number): void {
  if (!exchange.byAsset.get(asset)) throw new RequestRefused(VENUE_TEXT.invalidAsset(asset));
}

/** Returns whether an order was refused. */
export function isError(answer: OrderAnswer): answer is { error: string } {
  return typeof answer === 'object' && 'error' in answer;
}

/** Returns the newest open order with this client id, else the newest of all, undefined without one. */
export function openByCloid(exchange: Exchange, account: Account, cloid: string | null): Order | undefined {
  if (cloid === null) throw new UnreadableRequest();
  const newest = exchange.orders.get(account.oidByCloid.get(cloid) ?? -1);
  if (newest && newest.phase !== 'closed') return newest;
  return exchange.openOrders(account).findLast((each) => each.cloid === cloid) ?? newest;
}
