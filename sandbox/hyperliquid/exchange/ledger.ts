import { toWire } from '../wire/amounts.ts';
import type { Amount } from '../wire/amounts.ts';
import type { Exchange } from './exchange.ts';
import type { WireLedgerEntry } from '../wire/rows.ts';

/** The entry of what happens now; that of a transfer stands in the ledgers of both its sides. */
export function ledgerEntry(exchange: Exchange, delta: WireLedgerEntry['delta']): WireLedgerEntry {
  return { time: Date.now(), hash: exchange.newHash(), delta };
}

/** Deposits USDC, opening the account if needed; a negative amount is withdrawn, free of charge. */
export function deposit(exchange: Exchange, address: string, usdc: Amount): void {
  const entry = usdc.isNeg()
    ? ledgerEntry(exchange, { type: 'withdraw', usdc: toWire(usdc.neg()), nonce: Date.now(), fee: '0.0' })
    : ledgerEntry(exchange, { type: 'deposit', usdc: toWire(usdc) });
  exchange.transfer(exchange.openAccount(address), usdc, entry);
}
