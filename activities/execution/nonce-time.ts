import type { AccountId } from '#domain/ids.ts';
import type { Venue } from '#venues/venue.ts';

/** Clocks that are further apart than this cannot all be right; venues refuse nonces a day ahead of their own. */
const CLOCKS_DIFFER_AT_MOST_MS = 12 * 60 * 60_000;

/**
 * Returns the time to draw a nonce for, in epoch ms: `now`, unless it is far from the present. The venue then says what
 * time it is, since a nonce from the future would keep the key from being used until that comes. Throws `VenueError`
 * when the venue does not say.
 */
export async function nonceTime(
  now: number,
  { venue, accountId }: { venue: Venue; accountId: AccountId },
): Promise<number> {
  if (!venue.clock || isNear(now, venue.clock() ?? Date.now())) return now;
  // An account that is read tells the venue's time.
  if (venue.clock() === null) await venue.accounts.account(accountId);
  const told = venue.clock() ?? now;
  return isNear(now, told) ? now : told;
}

const isNear = (a: number, b: number): boolean => Math.abs(a - b) < CLOCKS_DIFFER_AT_MOST_MS;
