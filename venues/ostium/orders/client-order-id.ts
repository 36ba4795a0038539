import { asId, type ClientOrderId } from '#domain/ids.ts';

/**
 * The id of an order in our books. The chain carries none, so it only has to be derived, and to say what the order
 * is for: stop and target of a trade are fields of it on chain, told apart by this.
 */
export const clientOrderId = (
  tradeId: string,
  leg: string,
  legNumber: number,
  revision: number,
): ClientOrderId => asId<ClientOrderId>(`${tradeId}/${leg}/${legNumber}/${revision}`);

export type ChainLeg = 'entry' | 'stop' | 'take_profit' | 'exit';

/** What an order is for; null when the id is not one of ours. */
export function legOf(id: ClientOrderId): ChainLeg | null {
  const leg = /^[^/]+\/(entry|stop|take_profit|exit)\/\d+\/\d+$/.exec(id)?.[1];
  return leg === 'entry' || leg === 'stop' || leg === 'take_profit' || leg === 'exit' ? leg : null;
}
