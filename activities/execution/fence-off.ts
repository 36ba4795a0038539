import type { OrderRecord } from '#prisma/repositories/orders.ts';
import type { FenceResult } from '#venues/venue.ts';
import type { DeskAccount } from './desk-account.ts';
import { UnresolvedOrderError } from './order-desk/index.ts';

/** What a command left behind: its nonce, whose key the nonce belongs to, and what finds it at the venue. */
export type Unanswered = { nonce: number } & Pick<OrderRecord, 'signer' | 'reference'>;

/**
 * Makes sure that a command without an answer cannot happen any more. Returns `fenced` when it never happened, and
 * `landed` when it reached the venue, or may have; throws `UnresolvedOrderError` when the venue does not say.
 */
export async function fenceOff(
  { venue, signedBy }: Pick<DeskAccount, 'venue' | 'signedBy'>,
  { nonce, signer, reference }: Unanswered,
): Promise<FenceResult> {
  const holder = await signedBy(signer);
  if (holder === null) return 'landed';
  const fence = await venue.execution.fence(holder, nonce, reference);
  if (fence.kind === 'unresolved' || fence.kind === 'denied') throw new UnresolvedOrderError(fence.text);
  return fence.kind === 'confirmed' ? fence.value : 'landed';
}
