import type { Account } from '../accounts/account.ts';
import { summarise } from '../accounts/margin.ts';
import type { MarketsById } from '../market/market.ts';
import type { NonceBook } from './nonces.ts';

/**
 * Deregisters an account's agents and forgets their nonces, as the venue may once the account has no funds. The
 * addresses of the agents stay taken: none of them can be approved again.
 */
export function pruneAgents(account: Account, nonces: NonceBook): void {
  for (const { address } of account.agents) {
    nonces.prune(address);
    account.formerAgents.push(address);
  }
  account.agents = [];
}

/** Prunes the agents of an account that has no position and no value. */
export function pruneIfEmpty(account: Account, markets: MarketsById, nonces: NonceBook): void {
  if (account.agents.length === 0 || account.positions.size > 0) return;
  if (summarise(account, markets).accountValue.lte(0)) pruneAgents(account, nonces);
}
