import { summarise } from '../accounts/account.ts';
import type { Account } from '../accounts/account.ts';
import type { Exchange } from './exchange.ts';

/**
 * Deregisters an account's agents and forgets their nonces, as the venue may once the account has no funds. Their
 * addresses stay taken: none of them can be approved again.
 */
export function pruneAgents(exchange: Exchange, account: Account): void {
  for (const { address } of account.agents) {
    exchange.nonces.prune(address);
    account.formerAgents.push(address);
  }
  account.agents = [];
  exchange.touch(account);
}

/** Prunes the agents of an account that holds nothing any longer. */
export function pruneIfEmpty(exchange: Exchange, account: Account): void {
  if (account.agents.length === 0 || account.positions.size > 0) return;
  if (summarise(account, exchange.byAsset).accountValue.lte(0)) pruneAgents(exchange, account);
}
