import { createHash } from 'node:crypto';
import { asId, type ClientOrderId } from '#domain/ids.ts';

/** Digits of a `cloid` behind its `0x`. */
const DIGITS = 32;

/**
 * Returns the client id of an order: `0x` and the first 128 bits of SHA-256 over trade, leg, number and revision. Every
 * retry gets one id; another leg, number or revision gets another.
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

/** Returns whether an id is a client id: the ids that the venue gives are plain numbers. */
export const isClientOrderId = (id: string): id is ClientOrderId => id.startsWith('0x');
