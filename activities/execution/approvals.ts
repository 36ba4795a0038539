import type { TradingSession } from './trading-session.ts';

/** Whether the venue itself says that the account's key may trade for it. */
export type CheckApproval = (session: TradingSession) => Promise<boolean>;

/** How long a yes is believed, at most until the key expires; a key revoked meanwhile is refused by the venue with the first order. */
const BELIEVED_MS = 3_600_000;

/**
 * Asks the venue once an hour per key. A key trades for whoever approved it, whatever our books say: without
 * asking, a deployment with the wrong wallet would trade somebody else's account.
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
