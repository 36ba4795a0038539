import type { Account } from '../accounts/account.ts';
import { VENUE_TEXT } from '../wire/refusals.ts';
import { subjectOf } from './placement.ts';
import { MIN_NOTIONAL_USD } from '../orders/order-rules.ts';
import type { Violation } from '../orders/order-rules.ts';
import type { OrderRequest } from '../orders/order.ts';
import type { Venue } from '../exchange/exchange.ts';

type Action = 'order' | 'modify';

/** Returns why an armed fault refuses this order, undefined where none does. */
export function refusedByFault(
  venue: Venue,
  action: Action,
  account: Account,
  request: OrderRequest,
): Violation | undefined {
  const refused = venue.faults.take('refuse', subjectOf(action, account, request));
  if (refused) return { text: refused.error, status: 'rejected' };
  return notPostOnly(venue, action, account, request) ?? belowMinimum(venue, action, account, request);
}

function notPostOnly(
  venue: Venue,
  action: Action,
  account: Account,
  request: OrderRequest,
): Violation | undefined {
  if (request.tif === 'Alo') return undefined;
  if (!venue.faults.take('postOnly', subjectOf(action, account, request))) return undefined;
  return { text: VENUE_TEXT.postOnlyMode, status: 'rejected' };
}

/** Returns the refusal of a reduce-only order worth less than 10 USD while the fault for it is armed. */
export function belowMinimum(
  venue: Venue,
  action: Action,
  account: Account,
  request: OrderRequest,
): Violation | undefined {
  if (!request.reduceOnly || request.sz.mul(request.limitPx).gte(MIN_NOTIONAL_USD)) return undefined;
  if (!venue.faults.take('reduceOnlyMinimum', subjectOf(action, account, request))) return undefined;
  return { text: VENUE_TEXT.minNotional, status: 'minTradeNtlRejected' };
}
