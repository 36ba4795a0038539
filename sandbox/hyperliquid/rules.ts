import { Amount, parseDecimal } from './amounts.ts';
import { isOnTick } from './book.ts';
import { UnreadableRequest, VENUE_TEXT } from './errors.ts';
import type { OrderRequest, OrderStatus, Tif } from './types.ts';
import type { PerpSpec } from './universe.ts';

const MIN_NOTIONAL_USD = 10;
const MAX_DISTANCE = 0.8;
const TIFS: readonly string[] = ['Gtc', 'Ioc', 'Alo', 'FrontendMarket'];

/** A rule that an order breaks: the venue's text and the status word its history shows. */
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
  if (!Number.isSafeInteger(a) || typeof b !== 'boolean' || typeof r !== 'boolean' || !limitPx || !sz)
    throw new UnreadableRequest();
  return {
    asset: a as number,
    isBuy: b,
    limitPx,
    sz,
    reduceOnly: r,
    cloid: parseCloid(c),
    ...parseOrderType(asRecord(t)),
  };
}

function parseOrderType(type: Record<string, unknown>): Pick<OrderRequest, 'tif' | 'trigger'> {
  if (type['limit'] !== undefined) {
    const { tif } = asRecord(type['limit']);
    if (!TIFS.includes(tif as string)) throw new UnreadableRequest();
    return { tif: tif as Tif, trigger: null };
  }
  const { isMarket, triggerPx, tpsl } = asRecord(type['trigger']);
  const px = parseDecimal(triggerPx);
  if (typeof isMarket !== 'boolean' || !px || (tpsl !== 'tp' && tpsl !== 'sl')) throw new UnreadableRequest();
  return { tif: null, trigger: { isMarket, triggerPx: px, tpsl } };
}

/** Lower-case client id, null when absent. Throws UnreadableRequest unless it is 0x and 32 hex digits. */
export function parseCloid(cloid: unknown): string | null {
  if (cloid === undefined || cloid === null) return null;
  if (typeof cloid !== 'string' || !/^0x[0-9a-fA-F]{32}$/.test(cloid)) throw new UnreadableRequest();
  return cloid.toLowerCase();
}

/** Reads a JSON object. Throws UnreadableRequest for anything else. */
export function asRecord(value: unknown): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new UnreadableRequest();
  return value as Record<string, unknown>;
}

/** First rule on price, size and value that an order breaks, in the order the venue checks them. */
export function checkOrderShape(order: OrderRequest, spec: PerpSpec, mark: Amount): Violation | undefined {
  const { sz, limitPx, trigger } = order;
  if (sz.isZero()) return violation(VENUE_TEXT.zeroSize, 'rejected');
  if (sz.isNeg() || sz.decimalPlaces() > spec.szDecimals)
    return violation(VENUE_TEXT.invalidSize, 'rejected');
  if (limitPx.lte(0) || trigger?.triggerPx.lte(0)) return violation(VENUE_TEXT.invalidPrice, 'rejected');
  const prices = trigger ? [limitPx, trigger.triggerPx] : [limitPx];
  if (!prices.every((px) => isOnTick(px, spec.szDecimals))) return violation(VENUE_TEXT.tick, 'tickRejected');
  if (!order.reduceOnly && sz.mul(limitPx).lt(MIN_NOTIONAL_USD))
    return violation(VENUE_TEXT.minNotional, 'minTradeNtlRejected');
  if (!trigger && limitPx.sub(mark).abs().gt(mark.mul(MAX_DISTANCE)))
    return violation(VENUE_TEXT.tooFar, 'oracleRejected');
  return undefined;
}

/** Whether the mark price has already been reached by this trigger. */
export function isTriggered(order: OrderRequest, mark: Amount): boolean {
  const { trigger } = order;
  if (!trigger) return false;
  return firesAbove(order) ? mark.gte(trigger.triggerPx) : mark.lte(trigger.triggerPx);
}

/** A buy stop and a sell target wait for a higher mark price; their opposites for a lower one. */
export function firesAbove(order: OrderRequest): boolean {
  return order.isBuy === (order.trigger?.tpsl === 'sl');
}
