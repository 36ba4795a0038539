import { parseDecimal } from '../wire/amounts.ts';
import type { Amount } from '../wire/amounts.ts';
import { isOnTick } from '../market/synthetic-book.ts';
import { UnreadableRequest } from '../wire/refusals.ts';
import type { OrderRequest, OrderStatus, Tif } from './order.ts';
import type { PerpSpec } from '../market/universe.ts';
import { asCloid, asInteger, asRecord } from '../wire/fields.ts';
import { VENUE_TEXT } from '../wire/venue-text.ts';

export const MIN_NOTIONAL_USD = 10;
const MAX_DISTANCE = 0.8;
const TIFS: readonly Tif[] = ['Gtc', 'Ioc', 'Alo', 'FrontendMarket'];

/** A broken rule: the venue's text, and the status of the refused order. */
export interface Violation {
  readonly text: string;
  readonly status: OrderStatus;
}

const violation = (text: string, status: OrderStatus): Violation => ({ text, status });

/** Reads an order from the wire. Throws UnreadableRequest when a field is missing or of the wrong type. */
export function parseOrder(wire: unknown): OrderRequest {
  const { a, b, p, s, r, t, c } = asRecord(wire);
  const limitPx = parseDecimal(p);
  const sz = parseDecimal(s);
  if (typeof b !== 'boolean' || typeof r !== 'boolean' || !limitPx || !sz) throw new UnreadableRequest();
  return {
    asset: asInteger(a),
    isBuy: b,
    limitPx,
    sz,
    reduceOnly: r,
    cloid: asCloid(c),
    ...parseOrderType(asRecord(t)),
  };
}

function parseOrderType(type: Record<string, unknown>): Pick<OrderRequest, 'tif' | 'trigger'> {
  if (type['limit'] !== undefined) {
    const wanted = asRecord(type['limit'])['tif'];
    const tif = TIFS.find((known) => known === wanted);
    if (!tif) throw new UnreadableRequest();
    return { tif, trigger: null };
  }
  const { isMarket, triggerPx, tpsl } = asRecord(type['trigger']);
  const px = parseDecimal(triggerPx);
  if (typeof isMarket !== 'boolean' || !px || (tpsl !== 'tp' && tpsl !== 'sl')) throw new UnreadableRequest();
  return { tif: null, trigger: { isMarket, triggerPx: px, tpsl } };
}

/** Returns the first rule on price, size or value that an order breaks, in the venue's order, undefined if none. */
export function checkOrderShape(order: OrderRequest, spec: PerpSpec, oracle: Amount): Violation | undefined {
  const { sz, limitPx, trigger } = order;
  if (sz.isZero()) return violation(VENUE_TEXT.zeroSize, 'rejected');
  if (sz.isNeg() || sz.decimalPlaces() > spec.szDecimals)
    return violation(VENUE_TEXT.invalidSize, 'rejected');
  if (limitPx.lte(0) || trigger?.triggerPx.lte(0)) return violation(VENUE_TEXT.invalidPrice, 'rejected');
  const prices = trigger ? [limitPx, trigger.triggerPx] : [limitPx];
  if (!prices.every((px) => isOnTick(px, spec.szDecimals))) return violation(VENUE_TEXT.tick, 'tickRejected');
  if (!order.reduceOnly && sz.mul(limitPx).lt(MIN_NOTIONAL_USD))
    return violation(VENUE_TEXT.minNotional, 'minTradeNtlRejected');
  if (!trigger && limitPx.sub(oracle).abs().gt(oracle.mul(MAX_DISTANCE)))
    return violation(VENUE_TEXT.tooFar, 'oracleRejected');
  return undefined;
}

/** Returns whether the mark price has reached the trigger price of an order, false without a trigger. */
export function isTriggered(order: OrderRequest, mark: Amount): boolean {
  const { trigger } = order;
  if (!trigger) return false;
  return firesAbove(order) ? mark.gte(trigger.triggerPx) : mark.lte(trigger.triggerPx);
}

/** Returns whether a trigger fires at a higher mark price: buy stops and sell targets do, the others at a lower one. */
export function firesAbove(order: OrderRequest): boolean {
  return order.isBuy === (order.trigger?.tpsl === 'sl');
}
