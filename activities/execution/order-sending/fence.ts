import { noteFence } from '#prisma/repositories/order-reports.ts';
import type { OrderRecord } from '#prisma/repositories/order-record.ts';
import type { FenceResult, Outcome } from '#venues/venue.ts';
import type { TradingDeps } from '../../deps.ts';
import type { TradingSession } from '../trading-session.ts';
import { UnresolvedOrderError } from './errors.ts';

/** Result of fencing off a command whose answer was lost. */
export type FenceVerdict =
  /** It never happened and never will. */
  | { kind: 'fenced' }
  /** It reached the venue, or may have: an order that the venue does not know was refused in it. */
  | { kind: 'landed' }
  /**
   * It cannot happen any more, since then: its nonce is used up, by it or by a fence of ours, or the venue refuses what is
   * signed under it. An order that the venue still does not know some time later never was.
   */
  | { kind: 'used'; since: number };

/** A command whose answer was lost: its nonce, whose key the nonce belongs to, and what finds it at the venue. */
export interface LostCommand extends Pick<OrderRecord, 'signer' | 'reference'> {
  nonce: number;
  /** The orders that it was to place and that may be sent again: the fence is noted with them. */
  orderIds?: readonly string[];
}

/**
 * Uses up the nonce of a command whose answer was lost, so that it cannot happen later. With `orderIds` the fence is
 * written down first: a fence may go unanswered too, and would then be taken for the command. Throws
 * `UnresolvedOrderError` when the venue does not answer, or another attempt has taken the orders.
 */
export async function fence(
  { db, now }: Pick<TradingDeps, 'db' | 'now'>,
  session: Pick<TradingSession, 'venue' | 'signedBy'>,
  { nonce, signer, reference, orderIds }: LostCommand,
): Promise<FenceVerdict> {
  // Nonces belong to keys: no other key can use up the nonce of a command that a replaced key signed.
  const holder = await session.signedBy(signer);
  if (!holder) return { kind: 'landed' };
  const noted = orderIds ? await noteFence(db, orderIds, nonce) : { fencedAt: null };
  if (!noted) throw new UnresolvedOrderError('another attempt sends these orders');
  const outcome = await session.venue.execution.fence(holder, nonce, reference);
  if (readFence(outcome) === 'fenced') return { kind: 'fenced' };
  if (isRefused(outcome, 'nonce_too_high')) return { kind: 'used', since: 0 };
  const since = noted.fencedAt ?? now();
  // The venue knows the key no more: the command can never happen now, but may have before.
  if (isRefused(outcome, 'signer_unknown')) return { kind: 'used', since };
  // A venue that is told what to look for says itself whose the nonce was.
  const isOurs = noted.fencedAt !== null && reference === null;
  return isOurs ? { kind: 'used', since } : { kind: 'landed' };
}

function readFence(outcome: Outcome<FenceResult>): FenceResult {
  if (outcome.kind === 'unresolved' || outcome.kind === 'denied')
    throw new UnresolvedOrderError(outcome.text);
  return outcome.kind === 'confirmed' ? outcome.value : 'landed';
}

const isRefused = (outcome: Outcome<FenceResult>, code: string): boolean =>
  outcome.kind === 'rejected' && outcome.code === code;
