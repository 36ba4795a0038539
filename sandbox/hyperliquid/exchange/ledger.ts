import { toWire } from '../wire/amounts.ts';
import type { Amount } from '../wire/amounts.ts';
import type { WireLedgerEntry } from '../orders/order.ts';
import type { Venue } from './exchange.ts';

/** The entry of what happens now; that of a transfer stands in the ledgers of both its sides. */
export function ledgerEntry(venue: Venue, delta: WireLedgerEntry['delta']): WireLedgerEntry {
  return { time: Date.now(), hash: venue.newHash(), delta };
}

/** Deposits USDC, opening the account if needed; a negative amount is withdrawn, free of charge. */
export function deposit(venue: Venue, address: string, usdc: Amount): void {
  const entry = usdc.isNeg()
    ? ledgerEntry(venue, { type: 'withdraw', usdc: toWire(usdc.neg()), nonce: Date.now(), fee: '0.0' })
    : ledgerEntry(venue, { type: 'deposit', usdc: toWire(usdc) });
  venue.transfer(venue.openAccount(address), usdc, entry);
}
