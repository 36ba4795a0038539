import type { Account } from '../accounts/account.ts';
import { RequestRefused, UnreadableRequest } from '../wire/refusals.ts';
import { isUserSigned, recoverL1Signer, recoverUserSigner, userSignedNonce } from '../wire/signing.ts';
import type { WireSignature } from '../wire/signing.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { asInteger, asRecord } from '../wire/fields.ts';
import { VENUE_TEXT } from '../wire/venue-text.ts';

/** A signed request whose signature is not checked yet. */
export interface SignedRequest {
  readonly action: Record<string, unknown>;
  readonly type: string;
  readonly nonce: number;
  readonly signature: WireSignature;
  readonly vaultAddress: string | null;
  readonly expiresAfter: number | null;
}

/** A request whose signer may act for `account`. */
export interface Authorised {
  readonly request: SignedRequest;
  readonly signer: string;
  /** Account that the signer belongs to. */
  readonly owner: Account;
  /** Account that the action is about: the owner's, or one of its sub-accounts. */
  readonly account: Account;
}

/** Reads the body of POST /exchange. An absent optional field counts as null. Throws UnreadableRequest. */
export function parseSignedRequest(body: unknown): SignedRequest {
  const { action, nonce, signature, vaultAddress, expiresAfter } = asRecord(body);
  const { r, s, v } = asRecord(signature);
  const record = asRecord(action);
  if (!isHex(r) || !isHex(s) || (v !== 27 && v !== 28)) throw new UnreadableRequest();
  return {
    action: record,
    type: String(record['type']),
    nonce: asInteger(nonce),
    signature: { r, s, v },
    vaultAddress: typeof vaultAddress === 'string' ? vaultAddress.toLowerCase() : null,
    expiresAfter: typeof expiresAfter === 'number' ? expiresAfter : null,
  };
}

function isHex(value: unknown): value is string {
  return typeof value === 'string' && /^0x[0-9a-fA-F]{1,64}$/.test(value);
}

/**
 * Recovers the signer, uses up its nonce and returns the account that it may act for. Throws RequestRefused with the
 * venue's text for an unknown signer, a used nonce, an expired action or a vault of another owner.
 */
export function authorise(exchange: Exchange, request: SignedRequest): Authorised {
  const nowMs = Date.now();
  return isUserSigned(request.type)
    ? byOwnKey(exchange, request, nowMs)
    : byTradingKey(exchange, request, nowMs);
}

function byTradingKey(exchange: Exchange, request: SignedRequest, nowMs: number): Authorised {
  const signer = recoverL1Signer(exchange.network, request, request.signature);
  const owner = exchange.account(signer) ?? agentOwner(exchange, signer, nowMs);
  if (!owner) throw new RequestRefused(VENUE_TEXT.unknownSigner(signer));
  burnNonce(exchange, signer, request.nonce, nowMs);
  if (request.expiresAfter !== null && request.expiresAfter < nowMs)
    throw new RequestRefused(VENUE_TEXT.expired);
  return { request, signer, owner, account: actingAccount(exchange, owner, request.vaultAddress) };
}

function byOwnKey(exchange: Exchange, request: SignedRequest, nowMs: number): Authorised {
  const chain = exchange.network === 'mainnet' ? 'Mainnet' : 'Testnet';
  if (request.action['hyperliquidChain'] !== chain) throw new RequestRefused(VENUE_TEXT.wrongChain(chain));
  if (userSignedNonce(request.action) !== request.nonce) throw new RequestRefused(VENUE_TEXT.nonceMismatch);
  const signer = recoverUserSigner(request.action, request.signature);
  const owner = exchange.account(signer);
  if (!owner) throw new RequestRefused(VENUE_TEXT.mustDeposit(signer));
  burnNonce(exchange, signer, request.nonce, nowMs);
  return { request, signer, owner, account: owner };
}

function burnNonce(exchange: Exchange, signer: string, nonce: number, nowMs: number): void {
  exchange.nonces.use(signer, nonce, nowMs);
  exchange.changes.nonces.push([signer, nonce]);
}

/** Returns the account that approved this agent, undefined if none did or the approval has ended. */
export function agentOwner(exchange: Exchange, agent: string, nowMs: number): Account | undefined {
  const owner = exchange.accounts.get(exchange.ownerByAgent.get(agent) ?? '');
  return owner?.agents.some(({ address, validUntil }) => address === agent && validUntil > nowMs)
    ? owner
    : undefined;
}

/** Returns the owner's account, or its sub-account of this address. Throws RequestRefused for any other account. */
export function actingAccount(exchange: Exchange, owner: Account, vaultAddress: string | null): Account {
  if (vaultAddress === null || vaultAddress === owner.address) return owner;
  const account = exchange.account(vaultAddress);
  if (account?.master !== owner.address)
    throw new RequestRefused(VENUE_TEXT.vaultNotRegistered(vaultAddress));
  return account;
}
