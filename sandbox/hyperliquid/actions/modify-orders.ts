import type { Account } from '../accounts/account.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { refusedByFault } from '../matching/fault-refusals.ts';
import { cancelOrder } from '../matching/order-lifecycle.ts';
import { UNATTACHED, checkPostOnly, holdBack, placeOrder } from '../matching/placement.ts';
import type { Attachment } from '../matching/placement.ts';
import { fireTriggers } from '../matching/triggers.ts';
import { checkOrderShape, isTriggered, parseOrder } from '../orders/order-rules.ts';
import type { Order, OrderAnswer, OrderRequest } from '../orders/order.ts';
import { asCloid, asRecord } from '../wire/fields.ts';
import { RequestRefused } from '../wire/refusals.ts';
import { VENUE_TEXT, withAsset } from '../wire/venue-text.ts';
import type { Authorised } from './authorise.ts';
import { isError, openByCloid, parseList, requireAsset } from './order-requests.ts';

/** `modify`: replaces one order. The answer carries no order id. Throws RequestRefused if the new terms are refused. */
export function modify(exchange: Exchange, { request, account }: Authorised): object {
  const answer = modifyOne(exchange, account, request.action, request.action['a'] === true);
  if (isError(answer)) throw new RequestRefused(answer.error);
  return { type: 'default' };
}

/** `batchModify`: replaces orders. Each gets a new order id and keeps its client id unless the terms have one. */
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

/** Returns why new terms are refused. Without always_place only an order that would rest on the book is accepted. */
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

/** Replaces the orders that waited for a replaced parent by orders that wait for the new one. */
function adoptChildren(exchange: Exchange, account: Account, children: Order[], parentOid: number): void {
  for (const child of children) {
    exchange.leave(child);
    exchange.setStatus(child, 'canceled');
    holdBack(exchange, account, { ...child, sz: child.origSz }, { ...child, parentOid });
  }
}
