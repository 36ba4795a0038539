import type { Account } from '../accounts/account.ts';
import { RequestRefused, UnreadableRequest, VENUE_TEXT, withAsset } from '../wire/refusals.ts';
import { belowMinimum, refusedByFault } from '../matching/fault-refusals.ts';
import { cancelOrder } from '../matching/order-lifecycle.ts';
import {
  UNATTACHED,
  checkPostOnly,
  holdBack,
  placeOrder,
  refuseOrder,
  subjectOf,
} from '../matching/placement.ts';
import type { Attachment, Placement } from '../matching/placement.ts';
import { checkOrderShape, isTriggered, parseOrder } from '../orders/order-rules.ts';
import { fireTriggers } from '../matching/triggers.ts';
import type { Builder, Order, OrderAnswer, OrderRequest } from '../orders/order.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { asAddress, asCloid, asInteger, asRecord } from '../wire/fields.ts';
import type { Authorised } from './authorise.ts';

const MAX_BUILDER_FEE = 100;
const MIN_SCHEDULE_MS = 5_000;
const SCHEDULE_VOLUME_USD = 1_000_000;

type CancelAnswer = 'success' | { error: string };

/** `order`: one or more orders, alone or tied together by a TP/SL grouping. */
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

/** The first order is the parent; a fault in any child's terms refuses them all, before anything has traded. */
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
  // Children must exist before the parent trades, since its fill is what places them.
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

/** `cancel`: by order id. */
export function cancel(exchange: Exchange, { request, account }: Authorised): object {
  return cancelEach(exchange, account, request.action['cancels'], ({ a, o }) => ({
    asset: a,
    found: typeof o === 'number' ? exchange.orders.get(o) : undefined,
  }));
}

/** `cancelByCloid`: the newest order with that client id. */
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

/** The account's newest order with this client id, open ones first. */
function openByCloid(exchange: Exchange, account: Account, cloid: string | null): Order | undefined {
  if (cloid === null) throw new UnreadableRequest();
  const newest = exchange.orders.get(account.oidByCloid.get(cloid) ?? -1);
  if (newest && newest.phase !== 'closed') return newest;
  return exchange.openOrders(account).findLast((each) => each.cloid === cloid) ?? newest;
}

/** `modify`: replaces one order; the answer carries no order id. */
export function modify(exchange: Exchange, { request, account }: Authorised): object {
  const answer = modifyOne(exchange, account, request.action, request.action['a'] === true);
  if (isError(answer)) throw new RequestRefused(answer.error);
  return { type: 'default' };
}

/** `batchModify`: replaces orders; each gets a new order id and keeps its client id unless the new terms bring one. */
export function batchModify(exchange: Exchange, { request, account }: Authorised): object {
  const always = request.action['a'] === true;
  const statuses = parseList(request.action['modifies'], (entry) =>
    modifyOne(exchange, account, asRecord(entry), always),
  );
  return { type: 'order', data: { statuses } };
}

function modifyOne(
  exchange: Exchange,
  account: Account,
  { oid, order: terms }: Record<string, unknown>,
  always: boolean,
): OrderAnswer {
  const wanted = parseOrder(terms);
  requireAsset(exchange, wanted.asset);
  const target =
    typeof oid === 'number' ? exchange.orders.get(oid) : openByCloid(exchange, account, asCloid(oid));
  const isOpen = target !== undefined && target.user === account.address && target.phase !== 'closed';
  const error = modifyError(exchange, account, wanted, isOpen ? target : undefined, always);
  if (error) return { error: withAsset(error, wanted.asset) };
  return replaceOrder(exchange, account, isOpen ? target : undefined, wanted, always);
}

/** Without always_place the new terms must be able to rest: no trigger, no immediate order, nothing that would trade. */
function modifyError(
  exchange: Exchange,
  account: Account,
  wanted: OrderRequest,
  target: Order | undefined,
  always: boolean,
): string | undefined {
  const market = exchange.marketOf(wanted.asset);
  const refused = refusedByFault(exchange, 'modify', account, wanted);
  if (refused) return refused.text;
  if (!target && !always) return VENUE_TEXT.modifyMissing;
  if (wanted.trigger && !always) return VENUE_TEXT.modifyNeedsAlwaysPlace;
  if ((wanted.tif === 'Ioc' || wanted.tif === 'FrontendMarket') && !always)
    return VENUE_TEXT.modifyToImmediate;
  const shape = checkOrderShape(wanted, market.spec, market.oracle);
  if (shape) return shape.text;
  if (isTriggered(wanted, market.mark)) return VENUE_TEXT.badTriggerPx;
  return always ? undefined : checkPostOnly(market, wanted)?.text;
}

function replaceOrder(
  exchange: Exchange,
  account: Account,
  target: Order | undefined,
  wanted: OrderRequest,
  always: boolean,
): OrderAnswer {
  const market = exchange.marketOf(wanted.asset);
  const terms = { ...wanted, cloid: wanted.cloid ?? target?.cloid ?? null };
  const attachment: Attachment = target
    ? { parentOid: target.parentOid, isPositionTpsl: target.isPositionTpsl, builder: target.builder }
    : UNATTACHED;
  const children = target ? exchange.childrenOf.get(target.oid) : undefined;
  if (target) exchange.childrenOf.delete(target.oid);
  const isHeldBack = target?.phase === 'waiting';
  if (target) cancelOrder(exchange, target);
  if (isHeldBack) return holdBack(exchange, account, terms, attachment).answer;
  const adopt = (parentOid: number): void => adoptChildren(exchange, account, children ?? [], parentOid);
  const { answer } = placeOrder(
    exchange,
    account,
    always ? terms : { ...terms, tif: 'Alo' },
    attachment,
    children ? adopt : undefined,
  );
  fireTriggers(exchange, market);
  return answer;
}

/** Orders that wait for a parent wait for the one that replaces it. */
function adoptChildren(exchange: Exchange, account: Account, children: Order[], parentOid: number): void {
  for (const child of children) {
    exchange.leave(child);
    exchange.setStatus(child, 'canceled');
    holdBack(exchange, account, { ...child, sz: child.origSz }, { ...child, parentOid });
  }
}

/** `scheduleCancel`: a dead-man's switch, open only to accounts with enough traded volume. */
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

function parseList<T>(list: unknown, parse: (entry: unknown) => T): T[] {
  if (!Array.isArray(list)) throw new UnreadableRequest();
  if (list.length === 0) throw new RequestRefused(VENUE_TEXT.emptyBatch);
  return list.map(parse);
}

function requireAsset(exchange: Exchange, asset: number): void {
  if (!exchange.byAsset.get(asset)) throw new RequestRefused(VENUE_TEXT.invalidAsset(asset));
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

function isError(answer: OrderAnswer): answer is { error: string } {
  return typeof answer === 'object' && 'error' in answer;
}
