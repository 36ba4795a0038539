import { keccak256 } from 'ethers';
import type { CommandOptions, TradingSigner, UnsignedTransaction } from '../../venue.ts';
import type { Chain } from './chain.ts';
import { rejectionOf, denialOf, type Failure } from './errors.ts';
import type { Timing } from './options.ts';
import type { SentTransaction } from './reference.ts';
import { RpcRefusal } from './rpc.ts';
import { z } from 'zod';

/** State that the steps of sending a transaction share. */
export interface Sending {
  chain: Chain;
  timing: Timing;
  /** By address of the signer: no nonce below this one is free. */
  nextNonces: Map<string, number>;
  /** Records the transactions of a command before they are sent. Returns false when the command is not wanted any more. */
  note(signer: TradingSigner, options: CommandOptions, sent: readonly SentTransaction[]): Promise<boolean>;
}

export interface Signed {
  raw: string;
  hash: string;
}

/** Returns the signed transaction, or null when the key cannot sign. */
export async function sign(signer: TradingSigner, unsigned: UnsignedTransaction): Promise<Signed | null> {
  try {
    const raw = await signer.signTransaction(unsigned);
    return { raw, hash: keccak256(raw) };
  } catch {
    // The words of the signer are left out: they could quote its key.
    return null;
  }
}

/**
 * How the nodes took a signed transaction.
 * - `taken`: a node took it, or may have.
 * - `nonce_taken`: its nonce is used or being used, by itself or by another transaction.
 * - `fee_too_low`: no node took it at the fee that it offers.
 * - a failure: no node took it.
 */
export type Broadcast = 'taken' | 'nonce_taken' | 'fee_too_low' | Failure;

/** Hands a signed transaction to the first node that takes it. */
export async function broadcast({ chain }: Pick<Sending, 'chain'>, { raw }: Signed): Promise<Broadcast> {
  try {
    await chain.rpc.call(z.string(), 'eth_sendRawTransaction', [raw]);
    return 'taken';
  } catch (error) {
    // Any failure but a refusal may have come after a node took it.
    if (!(error instanceof RpcRefusal) || isKnown(error)) return 'taken';
    if (isNonceTaken(error)) return 'nonce_taken';
    if (error.isSecondWord) return 'taken';
    if (isFeeTooLow(error)) return 'fee_too_low';
    return isPassing(error) ? nodesBusy(error) : failureBeforeSending(error);
  }
}

/**
 * The words of the nodes. Sources: go-ethereum `core/txpool/errors.go` and `core/error.go` (also behind Arbitrum's
 * sequencer, which has no pool: `nonce too high` there is a nonce whose predecessor did not come in time), anvil,
 * and Arbitrum's documentation of nonces.
 */
const isKnown = ({ message }: RpcRefusal): boolean =>
  /already known|already imported|known transaction/i.test(message);
/** `replacement transaction underpriced`: another transaction waits under the nonce and offers as much. */
const isNonceTaken = ({ message }: RpcRefusal): boolean =>
  /nonce too low|nonce is too low|replacement (transaction|fee)|nonce has already/i.test(message);
/** `transaction underpriced`: less than a pool asks for, or than all that fill it. Says nothing about the nonce. */
const isFeeTooLow = ({ message }: RpcRefusal): boolean =>
  /underpriced|less than block base fee|gas price too low|max fee per gas too low/i.test(message);
const isPassing = ({ message }: RpcRefusal): boolean =>
  /nonce too high|nonce gap|txpool is full|pool overflow|too many pending/i.test(message);

const nodesBusy = ({ message }: RpcRefusal): Failure => ({
  kind: 'denied',
  code: 'venue_unavailable',
  text: `No node takes a transaction of the key now: ${message}`,
});

/** Returns the failure of a call that would revert, a key that cannot pay, or nodes that do not answer. Nothing was sent. */
export function failureBeforeSending(error: unknown): Failure {
  if (
    error instanceof RpcRefusal &&
    /insufficient funds|insufficient balance for|gas required exceeds/i.test(error.message)
  ) {
    const text = `The trading key has too little ETH to pay for gas: send it some. (${error.message})`;
    return { kind: 'rejected', code: 'no_gas', text };
  }
  return error instanceof RpcRefusal ? rejectionOf(error) : denialOf(error);
}

export const signerFailed: Failure = {
  kind: 'denied',
  code: 'signer_failed',
  text: 'the trading key could not sign',
};
export const superseded: Failure = {
  kind: 'unresolved',
  text: 'another attempt has taken the place of this one',
};
