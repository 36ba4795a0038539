import { toWire } from '../wire/amounts.ts';
import type { Amount } from '../wire/amounts.ts';
import type { Exchange } from './exchange.ts';
import type { WireLedgerEntry } from '../wire/rows.ts';

/** Returns a ledger entry with the present time. Both sides of a transfer get the entry. */
export function ledgerEntry(exchange: Exchange, delta: WireLedgerEntry['delta']): WireLedgerEntry {
  return { time: Date.now(), hash: exchange.newHash(), delta };
}

/** Deposits USDC and opens the account if needed. A negative amount is withdrawn without a fee. */
export function deposit(exchange: Exchange, address: string, usdc: Amount): void {
  const entry = usdc.isNeg()
    ? ledgerEntry(exchange, { type: 'withdraw', usdc: toWire(usdc.neg()), nonce: Date.now(), fee: '0.0' })
    : ledgerEntry(exchange, { type: 'deposit', usdc: toWire(usdc) });
  exchange.transfer(exchange.openAccount(address), usdc, entry);
}
