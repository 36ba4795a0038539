import type { TradingSession } from './trading-session.ts';

/** Returns whether the venue says that the account's key may trade for it. */
export type CheckApproval = (session: TradingSession) => Promise<boolean>;

/**
 * How long an approval is believed, at most until the key expires. The venue refuses the first order of a key that was
 * revoked since.
 */
const BELIEVED_MS = 3_600_000;

/**
 * Returns a check that asks the venue once an hour for each key. The venue lets a key trade for the wallet that
 * approved it, whatever our records say: unchecked, a wrong wallet would let a deployment trade another person's
 * account.
 */
export function createApprovalCheck(now: () => number): CheckApproval {
  const believedUntil = new Map<string, number>();
  return async ({ venue, account }) => {
    const key = `${venue.name}/${account.accountId}/${account.signer.address}`;
    if ((believedUntil.get(key) ?? 0) > now()) return true;
    const known = await venue.accounts.keyState(account.accountId, account.signer.address);
    if (known.state !== 'approved') return false;
    believedUntil.set(key, Math.min(now() + BELIEVED_MS, known.validUntil ?? Infinity));
    return true;
  };
}
