import { keccak256, toUtf8Bytes } from 'ethers';
import type { Account } from '../accounts/account.ts';
import { Amount, parseDecimal, toWire } from '../wire/amounts.ts';
import { RequestRefused, UnreadableRequest } from '../wire/refusals.ts';
import { ledgerEntry } from '../exchange/ledger.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { asAddress, asInteger } from '../wire/fields.ts';
import { actingAccount } from './authorise.ts';
import type { Authorised } from './authorise.ts';
import { VENUE_TEXT } from '../wire/venue-text.ts';
import { summarise } from '../accounts/margin.ts';

const WITHDRAWAL_FEE_USD = 1;

/** `usdSend`: sends USDC to another account of the venue and opens that account if needed. */
export function usdSend(exchange: Exchange, { request, account }: Authorised): object {
  const usd = parseUsd(request.action['amount']);
  requireFree(exchange, account, usd, VENUE_TEXT.insufficientTransfer);
  const destination = asAddress(request.action['destination']);
  const entry = ledgerEntry(exchange, {
    type: 'internalTransfer',
    usdc: toWire(usd),
    user: account.address,
    destination,
    fee: '0.0',
  });
  exchange.transfer(account, usd.neg(), entry);
  exchange.transfer(exchange.openAccount(destination), usd, entry);
  return { type: 'default' };
}

/** `withdraw3`: takes USDC off the venue. The amount includes the fee of 1 USDC. */
export function withdraw(exchange: Exchange, { request, account }: Authorised): object {
  const usd = parseUsd(request.action['amount']);
  asAddress(request.action['destination']);
  if (usd.lte(WITHDRAWAL_FEE_USD)) throw new RequestRefused(VENUE_TEXT.insufficientWithdrawal);
  requireFree(exchange, account, usd, VENUE_TEXT.insufficientWithdrawal);
  const { nonce } = request;
  const fee = toWire(new Amount(WITHDRAWAL_FEE_USD));
  const entry = ledgerEntry(exchange, { type: 'withdraw', usdc: toWire(usd), nonce, fee });
  exchange.transfer(account, usd.neg(), entry);
  return { type: 'default' };
}

/**
 * `usdClassTransfer`: moves USDC between the perpetuals and the spot balance of the account, or of the sub-account named
 * at the end of the amount, as in `10 subaccount:0x…`. Source: the official Python SDK.
 */
export function usdClassTransfer(exchange: Exchange, { request, owner }: Authorised): object {
  const [amount, subAccount = null] = String(request.action['amount']).split(' subaccount:');
  const account = actingAccount(exchange, owner, subAccount);
  const usd = parseUsd(amount);
  const toPerp = request.action['toPerp'] === true;
  if (toPerp) requireSpot(account, usd);
  else requireFree(exchange, account, usd, VENUE_TEXT.insufficientTransfer);
  account.spotUsd = toPerp ? account.spotUsd.sub(usd) : account.spotUsd.add(usd);
  const entry = ledgerEntry(exchange, { type: 'accountClassTransfer', usdc: toWire(usd), toPerp });
  exchange.transfer(account, toPerp ? usd : usd.neg(), entry);
  return { type: 'default' };
}

/** `createSubAccount`: opens a further account of the owner and returns its address. It is traded with `vaultAddress`. */
export function createSubAccount(exchange: Exchange, { request, owner }: Authorised): object {
  const name = String(request.action['name']);
  const seed = keccak256(toUtf8Bytes(`${owner.address}/${name}/${exchange.accounts.size}`));
  const address = `0x${seed.slice(-40)}`;
  exchange.openAccount(address, owner.address, name);
  return { type: 'createSubAccount', data: address };
}

/** `subAccountTransfer`: moves USDC between an owner and a sub-account. The amount is in micro-USDC. */
export function subAccountTransfer(exchange: Exchange, { request, owner }: Authorised): object {
  const { subAccountUser, isDeposit, usd: microUsd } = request.action;
  const subAccount = exchange.account(String(subAccountUser));
  if (subAccount?.master !== owner.address)
    throw new RequestRefused(VENUE_TEXT.vaultNotRegistered(String(subAccountUser)));
  const usd = new Amount(asInteger(microUsd)).div(1_000_000);
  if (usd.lte(0)) throw new UnreadableRequest();
  const [from, to] = isDeposit === true ? [owner, subAccount] : [subAccount, owner];
  requireFree(exchange, from, usd, VENUE_TEXT.insufficientTransfer);
  const entry = ledgerEntry(exchange, {
    type: 'subAccountTransfer',
    usdc: toWire(usd),
    user: from.address,
    destination: to.address,
  });
  exchange.transfer(from, usd.neg(), entry);
  exchange.transfer(to, usd, entry);
  return { type: 'default' };
}

function requireFree(exchange: Exchange, account: Account, usd: Amount, text: string): void {
  if (usd.gt(summarise(account, exchange.byAsset).withdrawable)) throw new RequestRefused(text);
}

function requireSpot(account: Account, usd: Amount): void {
  if (usd.gt(account.spotUsd)) throw new RequestRefused(VENUE_TEXT.insufficientTransfer);
}

function parseUsd(text: unknown): Amount {
  const usd = parseDecimal(text);
  if (!usd || usd.lte(0) || usd.decimalPlaces() > 6) throw new UnreadableRequest();
  return usd;
}
