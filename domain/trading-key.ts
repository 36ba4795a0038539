const DAY_MS = 24 * 60 * 60 * 1000;

/** Days before a key expires at which its owner is warned, the longest first. */
export const WARN_DAYS = [21, 7, 1] as const;

/** What is wrong, or will be, with a key that signs. */
export type KeyWarning = 'expired' | 'not_approved' | 'expires_soon';

export interface KeyStanding {
  status: 'pending' | 'approved' | 'revoked';
  /** Epoch ms; null where the venue names no time. */
  validUntil: number | null;
}

/** Returns what its owner has to know about a key that signs; null when nothing. */
export function keyWarning({ status, validUntil }: KeyStanding, now: number): KeyWarning | null {
  if (validUntil !== null && validUntil <= now) return 'expired';
  if (status !== 'approved') return 'not_approved';
  return warnedDays(validUntil, now) === null ? null : 'expires_soon';
}

/** Returns the shortest of `WARN_DAYS` within which a key expires; null when it does not within any. */
export function warnedDays(validUntil: number | null, now: number): number | null {
  if (validUntil === null) return null;
  return WARN_DAYS.findLast((days) => validUntil - now <= days * DAY_MS) ?? null;
}

/** A key's standing with the venue, and what hangs on it. */
export interface CheckedKey extends KeyStanding {
  /** It signs; otherwise it waits to replace the key that does. */
  active: boolean;
  /** When the venue was last asked, epoch ms. */
  checkedAt: number | null;
  /** Trades are open that only this key can close. */
  hasLiveTrades: boolean;
}

const OFTEN_MS = 60_000;
const HOUR_MS = 60 * OFTEN_MS;

/** Returns whether the venue is to be asked about a key again. */
export function isCheckDue(key: CheckedKey, now: number): boolean {
  const { validUntil, checkedAt } = key;
  if (checkedAt === null) return true;
  const hasEnded = validUntil !== null && validUntil <= now && checkedAt < validUntil;
  return hasEnded || now - checkedAt >= checkEveryMs(key);
}

function checkEveryMs({ active, status, hasLiveTrades }: CheckedKey): number {
  if (!active) return OFTEN_MS;
  if (status === 'approved') return hasLiveTrades ? HOUR_MS : DAY_MS;
  return hasLiveTrades ? OFTEN_MS : HOUR_MS;
}
