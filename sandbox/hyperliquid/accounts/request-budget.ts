import type { Account } from './account.ts';

const INITIAL_REQUESTS = 10_000;
const EXTRA_CANCELS = 100_000;

/**
 * Returns how many requests an address may have sent in total: 10,000 and one more for each USDC traded. The cap of
 * cancels is the smaller of twice that and 100,000 more. Source: the documentation's page on rate limits.
 */
export function requestCap(account: Account, action: string): number {
  const cap = INITIAL_REQUESTS + Math.floor(account.volume.toNumber());
  return action.startsWith('cancel') ? Math.min(cap + EXTRA_CANCELS, 2 * cap) : cap;
}
