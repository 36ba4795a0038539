import type { ClientOrderId, VenueName } from '#domain/ids.ts';
import { clientOrderId as hyperliquidId } from './hyperliquid/orders/client-order-id.ts';
import { clientOrderId as ostiumId } from './ostium/orders/client-order-id.ts';

/** Makes the client id of an order: one for each trade, leg, number and revision. */
export type ClientOrderIdMaker = (
  tradeId: string,
  leg: string,
  legNumber: number,
  revision: number,
) => ClientOrderId;

/** How the client ids of each venue's orders are made. */
export const CLIENT_ORDER_IDS: Readonly<Record<VenueName, ClientOrderIdMaker>> = {
  hyperliquid: hyperliquidId,
  ostium: ostiumId,
};
