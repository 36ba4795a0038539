import type { Account } from '../accounts/account.ts';
import { subjectOf } from './placement.ts';
import { MIN_NOTIONAL_USD } from '../orders/order-rules.ts';
import type { Violation } from '../orders/order-rules.ts';
import type { OrderRequest } from '../orders/order.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { VENUE_TEXT } from '../wire/venue-text.ts';

type Action = 'order' | 'modify';

/** Returns why an armed fault refuses this order, undefined where none does. */
export function refusedByFault(
  exchange: Exchange,
  action: Action,
  account: Account,
  request: OrderRequest,
): Violation | undefined {
  const refused = exchange.faults.take('refuse', subjectOf(action, account, request));
  if (refused) return { text: refused.error, status: 'rejected' };
  return notPostOnly(exchange, action, account, request) ?? belowMinimum(exchange, action, account, request);
}

function notPostOnly(
  exchange: Exchange,
  action: Action,
  account: Account,
  request: OrderRequest,
): Violation | undefined {
  if (request.tif === 'Alo') return undefined;
  if (!exchange.faults.take('postOnly', subjectOf(action, account, request))) return undefined;
  return { text: VENUE_TEXT.postOnlyMode, status: 'rejected' };
}

/** Returns the refusal of a reduce-only order worth less than 10 USD while the fault for it is armed. */
export function belowMinimum(
  exchange: Exchange,
  action: Action,
  account: Account,
  request: OrderRequest,
): Violation | undefined {
  if (!request.reduceOnly || request.sz.mul(request.limitPx).gte(MIN_NOTIONAL_USD)) return undefined;
  if (!exchange.faults.take('reduceOnlyMinimum', subjectOf(action, account, request))) return undefined;
  return { text: VENUE_TEXT.minNotional, status: 'minTradeNtlRejected' };
}
