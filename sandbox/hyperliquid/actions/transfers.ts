import { keccak256, toUtf8Bytes } from 'ethers';
import { summarise } from '../accounts/account.ts';
import type { Account } from '../accounts/account.ts';
import { Amount, parseDecimal, toWire } from '../wire/amounts.ts';
import { RequestRefused, UnreadableRequest, VENUE_TEXT } from '../wire/refusals.ts';
import { ledgerEntry } from '../exchange/ledger.ts';
import type { Venue } from '../exchange/exchange.ts';
import { asAddress, asInteger } from '../wire/fields.ts';
import { actingAccount } from './authorise.ts';
import type { Authorised } from './authorise.ts';

const WITHDRAWAL_FEE_USD = 1;

/** `usdSend`: USDC to another account of the venue, which comes into being with it. */
export function usdSend(venue: Venue, { request, account }: Authorised): object {
  const usd = parseUsd(request.action['amount']);
  requireFree(venue, account, usd, VENUE_TEXT.insufficientTransfer);
  const destination = asAddress(request.action['destination']);
  const entry = ledgerEntry(venue, {
    type: 'internalTransfer',
    usdc: toWire(usd),
    user: account.address,
    destination,
    fee: '0.0',
  });
  venue.transfer(account, usd.neg(), entry);
  venue.transfer(venue.openAccount(destination), usd, entry);
  return { type: 'default' };
}

/** `withdraw3`: USDC off the venue, fee included in the amount. */
export function withdraw(venue: Venue, { request, account }: Authorised): object {
  const usd = parseUsd(request.action['amount']);
  asAddress(request.action['destination']);
  if (usd.lte(WITHDRAWAL_FEE_USD)) throw new RequestRefused(VENUE_TEXT.insufficientWithdrawal);
  requireFree(venue, account, usd, VENUE_TEXT.insufficientWithdrawal);
  const { nonce } = request;
  const fee = toWire(new Amount(WITHDRAWAL_FEE_USD));
  const entry = ledgerEntry(venue, { type: 'withdraw', usdc: toWire(usd), nonce, fee });
  venue.transfer(account, usd.neg(), entry);
  return { type: 'default' };
}

/**
 * `usdClassTransfer`: USDC between the perpetuals and spot balances of the account, or of the sub-account that the
 * amount names at its end, as in `10 subaccount:0x…`. Source: the official Python SDK.
 */
export function usdClassTransfer(venue: Venue, { request, owner }: Authorised): object {
  const [amount, subAccount = null] = String(request.action['amount']).split(' subaccount:');
  const account = actingAccount(venue, owner, subAccount);
  const usd = parseUsd(amount);
  const toPerp = request.action['toPerp'] === true;
  if (toPerp) requireSpot(account, usd);
  else requireFree(venue, account, usd, VENUE_TEXT.insufficientTransfer);
  account.spotUsd = toPerp ? account.spotUsd.sub(usd) : account.spotUsd.add(usd);
  const entry = ledgerEntry(venue, { type: 'accountClassTransfer', usdc: toWire(usd), toPerp });
  venue.transfer(account, toPerp ? usd : usd.neg(), entry);
  return { type: 'default' };
}

/** `createSubAccount`: a second account of the same owner, traded with `vaultAddress`. */
export function createSubAccount(venue: Venue, { request, owner }: Authorised): object {
  const name = String(request.action['name']);
  const seed = keccak256(toUtf8Bytes(`${owner.address}/${name}/${venue.accounts.size}`));
  const address = `0x${seed.slice(-40)}`;
  venue.openAccount(address, owner.address, name);
  return { type: 'createSubAccount', data: address };
}

/** `subAccountTransfer`: moves micro-USDC between an owner and a sub-account. */
export function subAccountTransfer(venue: Venue, { request, owner }: Authorised): object {
  const { subAccountUser, isDeposit, usd: microUsd } = request.action;
  const subAccount = venue.account(String(subAccountUser));
  if (subAccount?.master !== owner.address)
    throw new RequestRefused(VENUE_TEXT.vaultNotRegistered(String(subAccountUser)));
  const usd = new Amount(asInteger(microUsd)).div(1_000_000);
  if (usd.lte(0)) throw new UnreadableRequest();
  const [from, to] = isDeposit === true ? [owner, subAccount] : [subAccount, owner];
  requireFree(venue, from, usd, VENUE_TEXT.insufficientTransfer);
  const entry = ledgerEntry(venue, {
    type: 'subAccountTransfer',
    usdc: toWire(usd),
    user: from.address,
    destination: to.address,
  });
  venue.transfer(from, usd.neg(), entry);
  venue.transfer(to, usd, entry);
  return { type: 'default' };
}

function requireFree(venue: Venue, account: Account, usd: Amount, text: string): void {
  if (usd.gt(summarise(account, venue.byAsset).withdrawable)) throw new RequestRefused(text);
}

function requireSpot(account: Account, usd: Amount): void {
  if (usd.gt(account.spotUsd)) throw new RequestRefused(VENUE_TEXT.insufficientTransfer);
}

function parseUsd(text: unknown): Amount {
  const usd = parseDecimal(text);
  if (!usd || usd.lte(0) || usd.decimalPlaces() > 6) throw new UnreadableRequest();
  return usd;
}
