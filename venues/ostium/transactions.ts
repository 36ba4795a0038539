import { keccak256 } from 'ethers';
import { z } from 'zod';
import { createLanes, LaneBusy } from '../lanes.ts';
import {
  isTooLate,
  TOO_LATE,
  type CommandOptions,
  type FenceResult,
  type Outcome,
  type TradingSigner,
  type UnsignedTransaction,
} from '../venue.ts';
import type { Chain, Receipt } from './chain.ts';
import { denialOf, rejectionOf, type Failure } from './errors.ts';
import type { Timing } from './options.ts';
import { poll, RpcRefusal } from './rpc.ts';
import { firstFees, raised, type Fees } from './fees.ts';
import { readReference, writeReference, type SentTransaction } from './reference.ts';

export interface Call {
  to: string;
  data: string;
}

/** Sends transactions, one at a time per key, and finds out about those whose end was lost. */
export interface Transactions {
  /**
   * Signs and sends one transaction and waits until it is mined. A call that would revert is not sent. One that
   * is stuck is sent again under the same nonce with a higher fee. Never throws for what the chain does.
   */
  send(signer: TradingSigner, call: Call, options: CommandOptions): Promise<Outcome<Receipt>>;
  /** Makes sure that a lost transaction never happens, or finds that it has. */
  fence(
    signer: TradingSigner,
    nonce: number,
    reference: string | null | undefined,
  ): Promise<Outcome<FenceResult>>;
}

/** Transactions of one key that may wait for their turn. */
const MAX_WAITING = 100;
/** Nonces that others took meanwhile before the key counts as busy. */
const MAX_NONCE_TURNS = 5;
/** Commands whose references are kept for a fence in the same process. */
const MAX_REMEMBERED = 1_000;
/** Gas is estimated on the state as it stands; a price or a fee may need more by the time it is mined. */
const GAS_MARGIN_PCT = 150n;

const count = z
  .string()
  .regex(/^0x[0-9a-f]+$/i)
  .transform(Number);
const gas = z
  .string()
  .regex(/^0x[0-9a-f]+$/i)
  .transform(BigInt);

export function createTransactions(chain: Chain, timing: Timing): Transactions {
  const lanes = createLanes({ maxWaiting: MAX_WAITING, maxWaitMs: 3 * timing.minedMs });
  const remembered = new Map<string, string>();

  const nonceOf = (address: string, at: 'latest' | 'pending'): Promise<number> =>
    chain.rpc.call(count, 'eth_getTransactionCount', [address, at]);

  /** Writes down what is about to be sent; false when it is no longer wanted. */
  async function note(
    signer: TradingSigner,
    options: CommandOptions,
    sent: SentTransaction,
  ): Promise<boolean> {
    const reference = writeReference(sent);
    remembered.set(`${signer.address}/${options.nonce}`, reference);
    const [oldest] = remembered.keys();
    if (remembered.size > MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
    return options.note ? options.note(reference) : true;
  }

  async function sendInTurn(
    signer: TradingSigner,
    call: Call,
    options: CommandOptions,
  ): Promise<Outcome<Receipt>> {
    const prepared = await prepare(signer, call);
    if ('kind' in prepared) return prepared;
    for (let turn = 0; turn < MAX_NONCE_TURNS; turn += 1) {
      // oxlint-disable-next-line no-await-in-loop -- one attempt after the other
      const outcome = await attempt(signer, call, prepared, options);
      if (outcome !== 'nonce_taken') return outcome;
    }
    return {
      kind: 'denied',
      code: 'signer_busy',
      text: 'other transactions kept taking the nonces of the key',
    };
  }

  async function prepare(
    signer: TradingSigner,
    call: Call,
  ): Promise<{ gasLimit: bigint; fees: Fees } | Failure> {
    try {
      const [needed, block] = await Promise.all([
        chain.rpc.call(gas, 'eth_estimateGas', [{ from: signer.address, ...call }]),
        chain.block('latest'),
      ]);
      return { gasLimit: (needed * GAS_MARGIN_PCT) / 100n, fees: firstFees(block.baseFeePerGas) };
    } catch (error) {
      return failureBeforeSending(error);
    }
  }

  async function attempt(
    signer: TradingSigner,
    call: Call,
    { gasLimit, fees }: { gasLimit: bigint; fees: Fees },
    options: CommandOptions,
  ): Promise<Outcome<Receipt> | 'nonce_taken'> {
    let nonce: number;
    try {
      nonce = await nonceOf(signer.address, 'pending');
    } catch (error) {
      return failureBeforeSending(error);
    }
    const unsigned = { chainId: chain.chainId, nonce, gasLimit, ...call, ...fees };
    const sent: SentTransaction = { nonce, hashes: [] };
    const first = await sign(signer, unsigned);
    if (first === null) return signerFailed;
    sent.hashes.push(first.hash);
    if (!(await note(signer, options, sent))) return superseded;
    if (isTooLate(options)) return TOO_LATE;
    const refused = await broadcast(first);
    if (refused) return refused;
    const mined = await awaitMined(signer, unsigned, sent, options);
    return mined ?? { kind: 'unresolved', text: `transaction ${first.hash} is not mined yet` };
  }

  /** Null when a node took it, or may have. */
  async function broadcast({ raw, hash }: Signed): Promise<Outcome<Receipt> | 'nonce_taken' | null> {
    try {
      await chain.rpc.call(z.string(), 'eth_sendRawTransaction', [raw]);
      return null;
    } catch (error) {
      if (!(error instanceof RpcRefusal) || isKnown(error)) return null;
      // A node that was passed over may have taken it before another one refused.
      if (await isOnChain(hash)) return null;
      if (isNonceTaken(error)) return 'nonce_taken';
      return failureBeforeSending(error);
    }
  }

  async function isOnChain(hash: string): Promise<boolean> {
    try {
      return (await chain.rpc.call(z.unknown(), 'eth_getTransactionByHash', [hash])) !== null;
    } catch {
      return true;
    }
  }

  /** Waits for the transaction, raising its fee while it is stuck; null when the time is up. */
  async function awaitMined(
    signer: TradingSigner,
    unsigned: UnsignedTransaction,
    sent: SentTransaction,
    options: CommandOptions | null,
  ): Promise<Outcome<Receipt> | null> {
    const untilMs = Date.now() + timing.minedMs;
    for (let current = unsigned; ;) {
      const patienceMs = Math.min(Date.now() + timing.stuckMs, untilMs);
      // oxlint-disable-next-line no-await-in-loop -- waiting
      const found = await poll(() => findMined(signer, sent), { pollMs: timing.pollMs, untilMs: patienceMs });
      if (found !== null) return found;
      if (Date.now() >= untilMs) return null;
      current = { ...current, ...raised(current) };
      // oxlint-disable-next-line no-await-in-loop -- as above
      const again = await sign(signer, current);
      if (again === null) continue;
      sent.hashes.push(again.hash);
      // oxlint-disable-next-line no-await-in-loop -- as above
      if (options && !(await note(signer, options, sent))) return superseded;
      // oxlint-disable-next-line no-await-in-loop -- as above
      await broadcast(again);
    }
  }

  async function findMined(signer: TradingSigner, sent: SentTransaction): Promise<Outcome<Receipt> | null> {
    try {
      const fate = await fateOf(signer, sent);
      if (fate === 'free') return null;
      if (fate === 'taken')
        return { kind: 'unresolved', text: `another transaction took nonce ${sent.nonce}` };
      return fate.succeeded ? { kind: 'confirmed', value: fate } : reverted(fate);
    } catch {
      return null;
    }
  }

  /** What became of a nonce: one of the transactions sent under it, or none yet, or one of somebody else. */
  async function fateOf(signer: TradingSigner, sent: SentTransaction): Promise<Receipt | 'free' | 'taken'> {
    const receipt = await receiptOf(sent);
    if (receipt) return receipt;
    if ((await nonceOf(signer.address, 'latest')) <= sent.nonce) return 'free';
    // A node counts a nonce as used before it has the receipt, and others behind the same address are later still.
    // To take an order for lost that was mined would be to send it twice.
    const untilMs = Date.now() + timing.indexedMs;
    return (await poll(() => receiptOf(sent), { pollMs: timing.pollMs, untilMs })) ?? 'taken';
  }

  async function receiptOf({ hashes }: SentTransaction): Promise<Receipt | null> {
    const receipts = await Promise.all(hashes.map((hash) => chain.receipt(hash)));
    return receipts.find((each) => each !== null) ?? null;
  }

  async function fenceInTurn(signer: TradingSigner, sent: SentTransaction): Promise<Outcome<FenceResult>> {
    const known = await verdictOf(signer, sent);
    if (known !== null) return { kind: 'confirmed', value: known };
    const block = await chain.block('latest');
    // More than any fee the lost transaction can have been raised to.
    const fees = { ...firstFees(block.baseFeePerGas * 8n) };
    const noop = { to: signer.address, data: '0x' };
    const needed = await chain.rpc.call(gas, 'eth_estimateGas', [{ from: signer.address, ...noop }]);
    const gasLimit = (needed * GAS_MARGIN_PCT) / 100n;
    const unsigned = { chainId: chain.chainId, nonce: sent.nonce, gasLimit, ...noop, ...fees };
    const signed = await sign(signer, unsigned);
    if (signed === null) return signerFailed;
    await broadcast(signed);
    const either = { nonce: sent.nonce, hashes: [...sent.hashes, signed.hash] };
    const mined = await awaitMined(signer, unsigned, either, null);
    const isNoop = mined?.kind === 'confirmed' && !sent.hashes.includes(mined.value.transactionHash);
    const verdict = isNoop ? 'fenced' : await verdictOf(signer, sent);
    if (verdict !== null) return { kind: 'confirmed', value: verdict };
    return { kind: 'unresolved', text: `nonce ${sent.nonce} is not used up yet` };
  }

  /** Whether the lost transaction has happened; null while its nonce is still free. */
  async function verdictOf(signer: TradingSigner, sent: SentTransaction): Promise<FenceResult | null> {
    const fate = await fateOf(signer, sent);
    if (fate === 'free') return null;
    return fate !== 'taken' && fate.succeeded ? 'landed' : 'fenced';
  }

  return {
    send: (signer, call, options) =>
      lanes
        .run(signer.address, () => sendInTurn(signer, call, options), options.notAfter)
        .catch((error: unknown) => laneFailure(error, options)),
    async fence(signer, nonce, reference) {
      const sent = readReference(reference ?? remembered.get(`${signer.address}/${nonce}`) ?? null);
      // Whatever is sent is noted first: without a note nothing was.
      if (sent === null) return { kind: 'confirmed', value: 'fenced' };
      try {
        return await lanes.run(signer.address, () => fenceInTurn(signer, sent));
      } catch (error) {
        if (error instanceof LaneBusy) return laneFailure(error);
        return { kind: 'unresolved', text: error instanceof Error ? error.message : String(error) };
      }
    },
  };
}

interface Signed {
  raw: string;
  hash: string;
}

async function sign(signer: TradingSigner, unsigned: UnsignedTransaction): Promise<Signed | null> {
  try {
    const raw = await signer.signTransaction(unsigned);
    return { raw, hash: keccak256(raw) };
  } catch {
    // The signer's own words stay out of it: they could quote what they were given.
    return null;
  }
}

const signerFailed: Failure = {
  kind: 'denied',
  code: 'signer_failed',
  text: 'the trading key could not sign',
};
const superseded: Failure = { kind: 'unresolved', text: 'another attempt has taken the place of this one' };

const reverted = ({ transactionHash }: Receipt): Failure => ({
  kind: 'rejected',
  code: 'reverted',
  text: `Transaction ${transactionHash} was mined and reverted.`,
});

const isKnown = ({ message }: RpcRefusal): boolean =>
  /already known|already imported|known transaction/i.test(message);
const isNonceTaken = ({ message }: RpcRefusal): boolean =>
  /nonce too low|nonce is too low|underpriced|nonce has already/i.test(message);

/** The call would revert, the key cannot pay, or no node was to be had: nothing was sent. */
function failureBeforeSending(error: unknown): Failure {
  if (
    error instanceof RpcRefusal &&
    /insufficient funds|insufficient balance for|gas required exceeds/i.test(error.message)
  ) {
    const text = `The trading key has too little ETH to pay for gas: send it some. (${error.message})`;
    return { kind: 'rejected', code: 'no_gas', text };
  }
  return error instanceof RpcRefusal ? rejectionOf(error) : denialOf(error);
}

function laneFailure(error: unknown, deadline: Pick<CommandOptions, 'notAfter'> = {}): Failure {
  if (error instanceof LaneBusy && isTooLate(deadline)) return TOO_LATE;
  if (error instanceof LaneBusy) return { kind: 'denied', code: 'signer_busy', text: error.message };
  throw error;
}
