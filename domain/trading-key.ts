import type { KeyStatus } from './statuses.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** Days before a key expires at which its owner is warned, the longest first. */
export const WARN_DAYS = [21, 7, 1] as const;

/** Present or coming trouble of a key that signs. */
export const KEY_WARNINGS = ['expired', 'not_approved', 'expires_soon'] as const;
export type KeyWarning = (typeof KEY_WARNINGS)[number];

/** A name of its own for each deployment: at Hyperliquid a key takes the place of the one of its name. */
export const keyNameOf = (deploymentId: string): string => `sm-${deploymentId.replaceAll('-', '').slice(-8)}`;

export interface KeyStanding {
  status: KeyStatus;
  /** Epoch ms; null when the venue names no time. */
  validUntil: number | null;
}

/** Returns what the owner must know about a key that signs; null when there is nothing. */
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

/** The state of a key at the venue, and what depends on it. */
export interface CheckedKey extends KeyStanding {
  /** True for the key that signs; false for one that waits to replace it. */
  active: boolean;
  /** When the venue was last asked, epoch ms. */
  checkedAt: number | null;
  /** True when trades are open that only this key can close. */
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
