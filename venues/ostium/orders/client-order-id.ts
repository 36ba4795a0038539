import { asId, type ClientOrderId } from '#domain/ids.ts';

/**
 * Returns the id of an order in the books. The chain carries no client ids: stop and target are fields of a trade there,
 * and the id tells which of them an order is.
 */
export const clientOrderId = (
  tradeId: string,
  leg: string,
  legNumber: number,
  revision: number,
): ClientOrderId => asId<ClientOrderId>(`${tradeId}/${leg}/${legNumber}/${revision}`);

export type ChainLeg = 'entry' | 'stop' | 'take_profit' | 'exit';

/** Returns the leg of an order; null for an id of another form. */
export function legOf(id: ClientOrderId): ChainLeg | null {
  const leg = /^[^/]+\/(entry|stop|take_profit|exit)\/\d+\/\d+$/.exec(id)?.[1];
  return leg === 'entry' || leg === 'stop' || leg === 'take_profit' || leg === 'exit' ? leg : null;
}
