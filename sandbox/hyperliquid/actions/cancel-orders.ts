import type { Account } from '../accounts/account.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { cancelOrder } from '../matching/order-lifecycle.ts';
import { subjectOf } from '../matching/placement.ts';
import type { Order } from '../orders/order.ts';
import { asCloid, asRecord } from '../wire/fields.ts';
import { RequestRefused, UnreadableRequest } from '../wire/refusals.ts';
import { VENUE_TEXT, withAsset } from '../wire/venue-text.ts';
import type { Authorised } from './authorise.ts';
import { openByCloid, parseList } from './order-requests.ts';

const MIN_SCHEDULE_MS = 5_000;
const SCHEDULE_VOLUME_USD = 1_000_000;

type CancelAnswer = 'success' | { error: string };

/** `cancel`: cancels orders by order id. */
export function cancel(exchange: Exchange, { request, account }: Authorised): object {
  return cancelEach(exchange, account, request.action['cancels'], ({ a, o }) => ({
    asset: a,
    found: typeof o === 'number' ? exchange.orders.get(o) : undefined,
  }));
}

/** `cancelByCloid`: cancels the newest order with each client id. */
export function cancelByCloid(exchange: Exchange, { request, account }: Authorised): object {
  return cancelEach(exchange, account, request.action['cancels'], ({ asset, cloid }) => ({
    asset,
    found: openByCloid(exchange, account, asCloid(cloid)),
  }));
}

function cancelEach(
  exchange: Exchange,
  account: Account,
  cancels: unknown,
  find: (entry: Record<string, unknown>) => { asset: unknown; found: Order | undefined },
): object {
  const statuses = parseList(cancels, (entry): CancelAnswer => {
    const { asset, found } = find(asRecord(entry));
    if (typeof asset !== 'number') throw new UnreadableRequest();
    const refused = exchange.faults.take(
      'refuse',
      subjectOf('cancel', account, { cloid: found?.cloid ?? null }),
    );
    if (refused) return { error: withAsset(refused.error, asset) };
    if (!found || found.user !== account.address || found.asset !== asset || found.phase === 'closed')
      return { error: withAsset(VENUE_TEXT.missingOrder, asset) };
    cancelOrder(exchange, found);
    return 'success';
  });
  return { type: 'cancel', data: { statuses } };
}

/** `scheduleCancel`: sets the time at which all open orders are cancelled. It needs enough traded volume. */
export function scheduleCancel(exchange: Exchange, { request, account }: Authorised): object {
  const { time } = request.action;
  if (account.volume.lt(SCHEDULE_VOLUME_USD))
    throw new RequestRefused(
      VENUE_TEXT.scheduledCancelVolume(String(SCHEDULE_VOLUME_USD), account.volume.toFixed(2)),
    );
  if (typeof time === 'number' && time < Date.now() + MIN_SCHEDULE_MS)
    throw new RequestRefused(VENUE_TEXT.scheduledCancelTooSoon);
  account.scheduledCancelAt = typeof time === 'number' ? time : null;
  exchange.touch(account);
  return { type: 'default' };
}
