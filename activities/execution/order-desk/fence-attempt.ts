import { noteFence, type OrderRecord } from '#prisma/repositories/orders.ts';
import type { FenceResult, Outcome } from '#venues/venue.ts';
import type { TradingDeps } from '../../deps.ts';
import type { DeskAccount } from '../desk-account.ts';
import { UnresolvedOrderError } from './errors.ts';

/** What a fence says of the attempt that sent orders. */
export type FenceVerdict =
  /** It never happened and never will. */
  | { kind: 'fenced' }
  /** It reached the venue: an order that the venue does not know was refused in it. */
  | { kind: 'landed' }
  /**
   * It cannot happen any more, since then: its nonce is used up, by it or by a fence of ours, or the venue refuses what is
   * signed under it. An order that the venue still does not know some time later never was.
   */
  | { kind: 'used'; since: number };

/** An attempt whose orders stand in the books under a nonce. */
export type Attempt = Pick<OrderRecord, 'signer' | 'reference'> & { nonce: number; orderIds: string[] };

/**
 * Uses up the nonce of an attempt whose answer was lost, after writing down that it does: a fence may go unanswered
 * too, and would then be taken for the attempt. Throws `UnresolvedOrderError` when the venue does not answer, or
 * another attempt has taken the orders.
 */
export async function fenceAttempt(
  { db, now }: Pick<TradingDeps, 'db' | 'now'>,
  desk: DeskAccount,
  { nonce, signer, reference, orderIds }: Attempt,
): Promise<FenceVerdict> {
  // Nonces belong to keys: that of an order signed by a replaced key is not used up by any other.
  const holder = await desk.signedBy(signer);
  if (!holder) return { kind: 'landed' };
  const noted = await noteFence(db, orderIds, nonce);
  if (!noted) throw new UnresolvedOrderError('another attempt sends these orders');
  const fence = await desk.venue.execution.fence(holder, nonce, reference);
  if (readFence(fence) === 'fenced') return { kind: 'fenced' };
  if (isRefused(fence, 'nonce_too_high')) return { kind: 'used', since: 0 };
  const since = noted.fencedAt ?? now();
  // The venue knows the key no more: the attempt can never happen now, but may have before.
  if (isRefused(fence, 'signer_unknown')) return { kind: 'used', since };
  // A venue that is told what to look for says itself whose the nonce was.
  const isOurs = noted.fencedAt !== null && reference === null;
  return isOurs ? { kind: 'used', since } : { kind: 'landed' };
}

function readFence(fence: Outcome<FenceResult>): FenceResult {
  if (fence.kind === 'unresolved' || fence.kind === 'denied') throw new UnresolvedOrderError(fence.text);
  return fence.kind === 'confirmed' ? fence.value : 'landed';
}

const isRefused = (fence: Outcome<FenceResult>, code: string): boolean =>
  fence.kind === 'rejected' && fence.code === code;
