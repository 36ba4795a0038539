import { createHash } from 'node:crypto';
import { asId, type ClientOrderId } from '#domain/ids.ts';

/** Digits of a `cloid` behind its `0x`. */
const DIGITS = 32;

/**
 * The client id of an order: `0x` and the first 128 bits of SHA-256 over what the order is. Every retry arrives at
 * the same id; another leg, number or revision at another one.
 */
export function clientOrderId(
  tradeId: string,
  leg: string,
  legNumber: number,
  revision: number,
): ClientOrderId {
  const digest = createHash('sha256').update(`${tradeId}/${leg}/${legNumber}/${revision}`).digest('hex');
  return asId<ClientOrderId>(`0x${digest.slice(0, DIGITS)}`);
}

/** Whether an id of either kind is a client id: the venue's own ids are plain numbers. */
export const isClientOrderId = (id: string): id is ClientOrderId => id.startsWith('0x');
