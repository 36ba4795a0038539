import { encode } from '@msgpack/msgpack';
import { Signature, TypedDataEncoder, concat, getBytes, keccak256, toBeHex, zeroPadValue } from 'ethers';
import type { TypedDataField } from 'ethers';
import { recover as recoverPublicKey } from 'tiny-secp256k1';
import { RequestRefused } from './refusals.ts';
import { VENUE_TEXT } from './venue-text.ts';

export type Network = 'testnet' | 'mainnet';
export interface WireSignature {
  readonly r: string;
  readonly s: string;
  readonly v: number;
}

/** The content that a trading action's signature covers, besides the network. */
export interface L1Message {
  readonly action: unknown;
  readonly nonce: number;
  readonly vaultAddress?: string | null | undefined;
  readonly expiresAfter?: number | null | undefined;
}

const ZERO_ADDRESS = `0x${'0'.repeat(40)}`;
const L1_DOMAIN = { name: 'Exchange', version: '1', chainId: 1337, verifyingContract: ZERO_ADDRESS };
const agentEncoder = TypedDataEncoder.from({
  Agent: [
    { name: 'source', type: 'string' },
    { name: 'connectionId', type: 'bytes32' },
  ],
});
const l1DomainHash = TypedDataEncoder.hashDomain(L1_DOMAIN);

/**
 * Returns the hash that a trading ("L1") action is signed over: msgpack of the action with its keys in the order sent,
 * the nonce, the vault marker and, only if set, the expiry. Source: `action_hash` of the official Python SDK.
 */
export function l1ActionHash({ action, nonce, vaultAddress, expiresAfter }: L1Message): string {
  const parts: (string | Uint8Array)[] = [encode(action), uint64(nonce)];
  parts.push(vaultAddress ? concat(['0x01', vaultAddress.toLowerCase()]) : '0x00');
  if (expiresAfter !== null && expiresAfter !== undefined) parts.push('0x00', uint64(expiresAfter));
  return keccak256(concat(parts));
}

/** Returns the lower-case address that signed a trading action for `network`. Throws RequestRefused if there is none. */
export function recoverL1Signer(network: Network, message: L1Message, signature: WireSignature): string {
  const source = network === 'mainnet' ? 'a' : 'b';
  const struct = agentEncoder.hash({ source, connectionId: l1ActionHash(message) });
  return recover(keccak256(concat(['0x1901', l1DomainHash, struct])), signature);
}

const CHAIN = { name: 'hyperliquidChain', type: 'string' };
const text = (name: string): TypedDataField => ({ name, type: 'string' });
const uint = (name: string): TypedDataField => ({ name, type: 'uint64' });

/** Typed fields, in signing order, of every action that only the account's own key may sign. */
const USER_SIGNED: Record<string, { name: string; fields: TypedDataField[]; time: 'nonce' | 'time' }> = {
  approveAgent: {
    name: 'ApproveAgent',
    fields: [CHAIN, { name: 'agentAddress', type: 'address' }, text('agentName'), uint('nonce')],
    time: 'nonce',
  },
  approveBuilderFee: {
    name: 'ApproveBuilderFee',
    fields: [CHAIN, text('maxFeeRate'), { name: 'builder', type: 'address' }, uint('nonce')],
    time: 'nonce',
  },
  usdSend: {
    name: 'UsdSend',
    fields: [CHAIN, text('destination'), text('amount'), uint('time')],
    time: 'time',
  },
  withdraw3: {
    name: 'Withdraw',
    fields: [CHAIN, text('destination'), text('amount'), uint('time')],
    time: 'time',
  },
  spotSend: {
    name: 'SpotSend',
    fields: [CHAIN, text('destination'), text('token'), text('amount'), uint('time')],
    time: 'time',
  },
  usdClassTransfer: {
    name: 'UsdClassTransfer',
    fields: [CHAIN, text('amount'), { name: 'toPerp', type: 'bool' }, uint('nonce')],
    time: 'nonce',
  },
  sendAsset: {
    name: 'SendAsset',
    fields: [
      CHAIN,
      ...['destination', 'sourceDex', 'destinationDex', 'token', 'amount', 'fromSubAccount'].map(text),
      uint('nonce'),
    ],
    time: 'nonce',
  },
  userSetAbstraction: {
    name: 'UserSetAbstraction',
    fields: [CHAIN, { name: 'user', type: 'address' }, text('abstraction'), uint('nonce')],
    time: 'nonce',
  },
};

/** Returns whether actions of this type are signed as typed data by the account's own key. */
export function isUserSigned(type: string): boolean {
  return Object.hasOwn(USER_SIGNED, type);
}

/** Returns the nonce inside a user-signed action, from its field `nonce` or `time`. */
export function userSignedNonce(action: Record<string, unknown>): unknown {
  const kind = USER_SIGNED[String(action['type'])];
  return kind && action[kind.time];
}

/** Returns the lower-case address that signed a transfer or an approval. Throws RequestRefused if there is none. */
export function recoverUserSigner(action: Record<string, unknown>, signature: WireSignature): string {
  const kind = USER_SIGNED[String(action['type'])];
  if (!kind) throw new RequestRefused(VENUE_TEXT.unsupportedAction(String(action['type'])));
  const primary = `HyperliquidTransaction:${kind.name}`;
  try {
    const message = Object.fromEntries(kind.fields.map(({ name }) => [name, action[name] ?? '']));
    const domain = {
      name: 'HyperliquidSignTransaction',
      version: '1',
      chainId: Number.parseInt(String(action['signatureChainId']), 16),
      verifyingContract: ZERO_ADDRESS,
    };
    return recover(TypedDataEncoder.hash(domain, { [primary]: kind.fields }, message), signature);
  } catch {
    throw new RequestRefused(VENUE_TEXT.unableToRecover);
  }
}

/** Returns the signer's address. It pads r and s to 32 bytes, because the official Python SDK drops leading zeros. */
function recover(digest: string, { r, s, v }: WireSignature): string {
  try {
    const signature = Signature.from({ r: pad32(r), s: pad32(s), v });
    const compact = getBytes(concat([signature.r, signature.s]));
    // Recovery runs in WebAssembly, because in JavaScript it takes most of the time of an order.
    const publicKey = recoverPublicKey(getBytes(digest), compact, signature.yParity, false);
    // An address is the last 20 bytes of the hash of the key's coordinates, without its first byte, a format marker.
    if (publicKey) return `0x${keccak256(publicKey.subarray(1)).slice(-40)}`;
  } catch {
    // An invalid signature is refused below.
  }
  throw new RequestRefused(VENUE_TEXT.unableToRecover);
}

function pad32(hex: string): string {
  return `0x${hex.replace(/^0x/, '').padStart(64, '0')}`;
}

function uint64(value: number): Uint8Array {
  return getBytes(zeroPadValue(toBeHex(value), 8));
}
