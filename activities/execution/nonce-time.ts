import type { AccountId } from '#domain/ids.ts';
import type { Venue } from '#venues/venue.ts';

/** Clocks that differ by more than this cannot all be right; venues refuse nonces a day ahead of their clock. */
const CLOCKS_DIFFER_AT_MOST_MS = 12 * 60 * 60_000;

/**
 * Returns the time to draw a nonce for, in epoch ms: `now`, or the venue's time when `now` is far from the clock of
 * this machine. A nonce from the future would make the key unusable until then. Throws `VenueError` when the venue does
 * not say.
 */
export async function nonceTime(
  now: number,
  { venue, accountId }: { venue: Venue; accountId: AccountId },
): Promise<number> {
  if (!venue.clock || isNear(now, venue.clock() ?? Date.now())) return now;
  // The venue names its time with an account.
  if (venue.clock() === null) await venue.accounts.account(accountId);
  const told = venue.clock() ?? now;
  return isNear(now, told) ? now : told;
}

const isNear = (a: number, b: number): boolean => Math.abs(a - b) < CLOCKS_DIFFER_AT_MOST_MS;
