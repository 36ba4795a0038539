import { amount } from '#domain/money.ts';
import type { OrderReport, OrderStatus } from '#domain/order.ts';
import type { OrderRequest } from '../../venue.ts';
import { venueOrderId } from '../http/ids.ts';
import { codeOfRefusal } from '../http/refusals.ts';
import type { WireOrderAnswer } from '../http/schemas.ts';

/** An order as the `order` and `batchModify` actions carry it. */
export interface WireOrder {
  a: number;
  b: boolean;
  p: string;
  s: string;
  r: boolean;
  t:
    | { limit: { tif: 'Ioc' | 'Alo' } }
    | { trigger: { isMarket: true; triggerPx: string; tpsl: 'tp' | 'sl' } };
  c: string;
}

/** Returns an order in the form of an action. Throws `RangeError` for a trigger order without its trigger price. */
export function toWire(order: OrderRequest): WireOrder {
  return {
    a: order.instrument.venueAssetId,
    b: order.side === 'buy',
    p: order.price,
    s: order.size,
    r: order.reduceOnly,
    t: typeOf(order),
    c: order.clientOrderId,
  };
}

/** `Alo` is the venue's word for post-only. Source: official documentation, "place an order". */
function typeOf(order: OrderRequest): WireOrder['t'] {
  if (order.kind === 'ioc') return { limit: { tif: 'Ioc' } };
  return order.kind === 'post_only' ? { limit: { tif: 'Alo' } } : { trigger: triggerOf(order) };
}

function triggerOf(order: OrderRequest): { isMarket: true; triggerPx: string; tpsl: 'tp' | 'sl' } {
  if (order.triggerPrice === null) throw new RangeError(`a ${order.kind} order needs a trigger price`);
  const tpsl = order.kind === 'stop_trigger' ? 'sl' : 'tp';
  return { isMarket: true, triggerPx: order.triggerPrice, tpsl };
}

/** Returns the report of one order of an action by the venue's answer. */
export function reportOfAnswer(order: OrderRequest, answer: WireOrderAnswer): OrderReport {
  const report: OrderReport = {
    clientOrderId: order.clientOrderId,
    venueOrderId: null,
    status: 'waiting',
    size: order.size,
    filledSize: '0',
    averagePrice: null,
    code: null,
    text: null,
  };
  if (answer === 'waitingForFill') return report;
  // It is armed at the venue, which tells its number only to a look-up by client id.
  if (answer === 'waitingForTrigger') return { ...report, status: 'resting' };
  if ('resting' in answer) {
    return { ...report, status: 'resting', venueOrderId: venueOrderId(answer.resting.oid) };
  }
  if ('error' in answer) {
    return { ...report, status: 'rejected', code: codeOfRefusal(answer.error), text: answer.error };
  }
  const { oid, totalSz, avgPx } = answer.filled;
  return {
    ...report,
    status: statusOnceFilled(order, totalSz),
    venueOrderId: venueOrderId(oid),
    filledSize: totalSz,
    averagePrice: avgPx,
  };
}

/** Returns the status after a fill: the rest of an IOC order is cancelled at once, that of any other order stays. */
function statusOnceFilled(order: OrderRequest, filledSize: string): OrderStatus {
  if (amount(filledSize).gte(amount(order.size))) return 'filled';
  return order.kind === 'ioc' ? 'canceled' : 'partly_filled';
}
