import { toWire } from '../wire/amounts.ts';
import { firesAbove } from './order-rules.ts';
import type { Order } from './order.ts';

/** Returns an order as `openOrders` and `orderUpdates` list it. */
export function openOrderWire(order: Order): object {
  return {
    coin: order.coin,
    side: order.isBuy ? 'B' : 'A',
    limitPx: toWire(order.limitPx),
    sz: toWire(order.sz),
    oid: order.oid,
    timestamp: order.timestamp,
    origSz: toWire(order.origSz),
    ...(order.cloid && { cloid: order.cloid }),
    ...(order.reduceOnly && { reduceOnly: true }),
  };
}

/** Returns an order as `frontendOpenOrders`, `orderStatus` and `historicalOrders` list it; `children` wait for it. */
export function frontendOrderWire(order: Order, children: readonly Order[]): object {
  return {
    coin: order.coin,
    side: order.isBuy ? 'B' : 'A',
    limitPx: toWire(order.limitPx),
    sz: toWire(order.sz),
    oid: order.oid,
    timestamp: order.timestamp,
    triggerCondition: triggerCondition(order),
    isTrigger: order.trigger !== null,
    triggerPx: order.trigger ? toWire(order.trigger.triggerPx) : '0.0',
    children: children.map((child) => frontendOrderWire(child, [])),
    isPositionTpsl: order.isPositionTpsl,
    reduceOnly: order.reduceOnly,
    orderType: orderType(order),
    origSz: toWire(order.origSz),
    tif: order.tif,
    cloid: order.cloid,
  };
}

function triggerCondition(order: Order): string {
  if (!order.trigger) return 'N/A';
  const direction = firesAbove(order) ? 'above' : 'below';
  return `Price ${direction} ${order.trigger.triggerPx.toFixed()}`;
}

function orderType(order: Order): string {
  if (!order.trigger) return order.tif === 'FrontendMarket' ? 'Market' : 'Limit';
  const kind = order.trigger.tpsl === 'sl' ? 'Stop' : 'Take Profit';
  return `${kind} ${order.trigger.isMarket ? 'Market' : 'Limit'}`;
}
