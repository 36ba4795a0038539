import type { Account } from '../accounts/account.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { belowMinimum, refusedByFault } from '../matching/fault-refusals.ts';
import { UNATTACHED, holdBack, placeOrder, refuseOrder } from '../matching/placement.ts';
import type { Attachment, Placement } from '../matching/placement.ts';
import { fireTriggers } from '../matching/triggers.ts';
import { checkOrderShape, isTriggered, parseOrder } from '../orders/order-rules.ts';
import type { Builder, Order, OrderAnswer, OrderRequest } from '../orders/order.ts';
import { asAddress, asInteger, asRecord } from '../wire/fields.ts';
import { RequestRefused, UnreadableRequest } from '../wire/refusals.ts';
import { VENUE_TEXT, withAsset } from '../wire/venue-text.ts';
import type { Authorised } from './authorise.ts';
import { isError, parseList, requireAsset } from './order-requests.ts';

const MAX_BUILDER_FEE = 100;

/** `order`: places one or more orders, independent or in a TP/SL group, and returns a status for each. */
export function order(exchange: Exchange, { request, account }: Authorised): object {
  const { orders, grouping, builder } = request.action;
  const requests = parseList(orders, parseOrder);
  for (const { asset } of requests) requireAsset(exchange, asset);
  const attachment = { ...UNATTACHED, builder: parseBuilder(account, builder) };
  const answers = placeGroup(exchange, account, requests, grouping, attachment);
  for (const asset of new Set(requests.map((each) => each.asset)))
    fireTriggers(exchange, exchange.marketOf(asset));
  return { type: 'order', data: { statuses: answers } };
}

function placeGroup(
  exchange: Exchange,
  account: Account,
  requests: OrderRequest[],
  grouping: unknown,
  attachment: Attachment,
): OrderAnswer[] {
  if (grouping === 'normalTpsl') return placeWithChildren(exchange, account, requests, attachment);
  if (grouping === 'positionTpsl') {
    requireReduceOnlyTriggers(requests);
    const ofPosition = { ...attachment, isPositionTpsl: true };
    return requests.map((each) => placeOrFault(exchange, account, each, ofPosition).answer);
  }
  if (grouping !== 'na' && typeof asRecord(grouping)['p'] !== 'number') throw new UnreadableRequest();
  return requests.map((each) => placeOrFault(exchange, account, each, attachment).answer);
}

/** Places the first order as parent of the others. If any child has invalid terms, all are refused before a trade. */
function placeWithChildren(
  exchange: Exchange,
  account: Account,
  [parent, ...children]: OrderRequest[],
  attachment: Attachment,
): OrderAnswer[] {
  requireReduceOnlyTriggers(children);
  const invalid = children
    .map((child) => childError(exchange, account, child))
    .find((error) => error !== undefined);
  if (invalid !== undefined) return [parent, ...children].map(() => ({ error: invalid }));
  const held: Order[] = [];
  // Children must exist before the parent trades, because its fill places them.
  const holdChildren = (parentOid: number): void => {
    for (const child of children)
      held.push(holdBack(exchange, account, child, { ...attachment, parentOid }).order);
  };
  const { answer } = placeOrFault(exchange, account, parent!, attachment, holdChildren);
  return [answer, ...children.map((_, i) => (isError(answer) ? answer : childAnswer(held[i]!)))];
}

function placeOrFault(
  exchange: Exchange,
  account: Account,
  request: OrderRequest,
  attachment: Attachment,
  onAccepted?: (oid: number) => void,
): Placement {
  const refused = refusedByFault(exchange, 'order', account, request);
  if (!refused) return placeOrder(exchange, account, request, attachment, onAccepted);
  return refuseOrder(exchange, account, request, attachment, refused);
}

function childAnswer(child: Order): OrderAnswer {
  return child.phase === 'armed' ? 'waitingForTrigger' : 'waitingForFill';
}

function childError(exchange: Exchange, account: Account, child: OrderRequest): string | undefined {
  const market = exchange.marketOf(child.asset);
  const violation =
    checkOrderShape(child, market.spec, market.oracle) ?? belowMinimum(exchange, 'order', account, child);
  if (violation) return withAsset(violation.text, child.asset);
  return isTriggered(child, market.mark) ? withAsset(VENUE_TEXT.badTriggerPx, child.asset) : undefined;
}

function requireReduceOnlyTriggers(requests: readonly OrderRequest[]): void {
  if (requests.some((each) => !each.trigger || !each.reduceOnly))
    throw new RequestRefused(VENUE_TEXT.tpslNotReduceOnly);
}

function parseBuilder(account: Account, builder: unknown): Builder | null {
  if (builder === undefined || builder === null) return null;
  const { b, f } = asRecord(builder);
  const fee = asInteger(f);
  const address = asAddress(b);
  if (fee < 0) throw new UnreadableRequest();
  if (fee > MAX_BUILDER_FEE) throw new RequestRefused(VENUE_TEXT.builderFeeTooHigh);
  if (fee > (account.builderFees.get(address) ?? 0)) throw new RequestRefused(VENUE_TEXT.builderNotApproved);
  return { address, fee };
}
