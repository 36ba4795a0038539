import { isTooLate, TOO_LATE, type CommandOptions, type Outcome, type TradingSigner } from '../../venue.ts';
import { awaitMined } from './await-mined.ts';
import type { Receipt } from './chain.ts';
import type { Failure } from './errors.ts';
import { doubled, firstFees, type Fees } from './fees.ts';
import type { SentTransaction } from './reference.ts';
import { broadcast, failureBeforeSending, sign, signerFailed, superseded, type Sending } from './sending.ts';

export interface Call {
  to: string;
  data: string;
  /**
   * Run together with the last look at the chain before the transaction is signed; the call is not sent when it
   * returns a failure or throws.
   */
  check?: () => Promise<Failure | null>;
}

/** Attempts that may fail for a nonce that is taken or a fee that is too low, before the command is put off. */
const MAX_TURNS = 5;
/** Gas is estimated on the state as it stands; a price or a fee may need more by the time it is mined. */
export const GAS_MARGIN_PCT = 150n;

/** A command with the transactions that it was sent as so far. */
interface Command {
  signer: TradingSigner;
  call: Call;
  options: CommandOptions;
  sent: SentTransaction[];
}

interface Prepared {
  gasLimit: bigint;
  fees: Fees;
  nonce: number;
}

/**
 * Signs and sends one transaction and waits until it is mined. Where another transaction has used up its nonce, it
 * is sent under the next one, and where no node takes its fee, with twice as much; every hash is kept. Never throws
 * for what the chain does.
 */
export async function sendTransaction(
  sending: Sending,
  signer: TradingSigner,
  call: Call,
  options: CommandOptions,
): Promise<Outcome<Receipt>> {
  const command: Command = { signer, call, options, sent: [] };
  const prepared = await prepare(sending, command);
  if ('kind' in prepared) return prepared;
  let { fees } = prepared;
  let busy = othersSend;
  for (let turn = 0; turn < MAX_TURNS; turn += 1) {
    // oxlint-disable-next-line no-await-in-loop -- one attempt after the other
    const outcome = await attempt(sending, command, { ...prepared, fees });
    if (typeof outcome !== 'string') return outcome;
    busy = outcome === 'nonce_taken' ? othersSend : feeTooLow(fees);
    if (outcome === 'fee_too_low') fees = doubled(fees);
  }
  return busy;
}

const othersSend: Failure = {
  kind: 'denied',
  code: 'signer_busy',
  text: 'other transactions kept taking the nonces of the key',
};

const feeTooLow = ({ maxFeePerGas }: Fees): Failure => ({
  kind: 'denied',
  code: 'venue_unavailable',
  text: `no node takes a transaction that offers ${maxFeePerGas} wei for each unit of gas`,
});

/** Returns gas, fees and nonce of a transaction, or why it is not to be sent; all is asked in one request. */
async function prepare(sending: Sending, { signer, call }: Command): Promise<Prepared | Failure> {
  const { chain } = sending;
  const { to, data } = call;
  // A failed check is reported rather than a failed estimate, in which reverts have no names.
  const checked = (call.check?.() ?? Promise.resolve(null)).catch(failureBeforeSending);
  const asked = Promise.all([
    chain.estimateGas({ from: signer.address, to, data }),
    chain.block('latest'),
    nextNonce(sending, signer.address),
  ]).catch(failureBeforeSending);
  const [failure, answers] = await Promise.all([checked, asked]);
  if (failure) return failure;
  if ('kind' in answers) return answers;
  const [needed, block, nonce] = answers;
  return { gasLimit: (needed * GAS_MARGIN_PCT) / 100n, fees: firstFees(block.baseFeePerGas), nonce };
}

/**
 * Returns the first free nonce of a key. A node may not count yet what was mined a moment ago, so that no nonce is taken
 * that was seen used; unless the chain as it stands has not used it: then the block was taken back.
 */
async function nextNonce({ chain, nextNonces }: Sending, address: string): Promise<number> {
  const counted = await chain.sentCount(address, 'pending');
  const used = nextNonces.get(address) ?? 0;
  if (counted >= used) return counted;
  if ((await chain.sentCount(address, await chain.head())) >= used) return used;
  nextNonces.delete(address);
  return counted;
}

async function attempt(
  sending: Sending,
  { signer, call, options, sent }: Command,
  { gasLimit, fees, nonce: counted }: Prepared,
): Promise<Outcome<Receipt> | 'nonce_taken' | 'fee_too_low'> {
  const nonce = Math.max(counted, sending.nextNonces.get(signer.address) ?? 0);
  const unsigned = { chainId: sending.chain.chainId, nonce, gasLimit, to: call.to, data: call.data, ...fees };
  const signed = await sign(signer, unsigned);
  if (signed === null) return signerFailed;
  if (options.isWanted && !(await options.isWanted())) return TOO_LATE;
  keepHash(sent, nonce, signed.hash);
  if (!(await sending.note(signer, options, sent))) return superseded;
  if (isTooLate(options)) return TOO_LATE;
  const taken = await broadcast(sending, signed);
  if (typeof taken !== 'string' || taken === 'fee_too_low') return taken;
  const underway = { signer, unsigned, sent, options, mayRaise: taken === 'taken' };
  const waited = await awaitMined(sending, underway);
  if (waited === 'superseded') return superseded;
  if (waited === 'nothing_yet')
    return { kind: 'unresolved', text: `transaction ${signed.hash} is not mined yet` };
  sending.nextNonces.set(signer.address, nonce + 1);
  if (waited.kind === 'other') return 'nonce_taken';
  return waited.receipt.succeeded
    ? { kind: 'confirmed', value: waited.receipt }
    : reverted(sending, waited.receipt);
}

/** Adds a hash to those sent under its nonce. */
function keepHash(sent: SentTransaction[], nonce: number, hash: string): void {
  const last = sent.at(-1);
  if (last?.nonce === nonce) last.hashes.push(hash);
  else sent.push({ nonce, hashes: [hash] });
}

/** Returns the outcome of a reverted transaction: in a block that may still be taken back, it may yet succeed in another. */
async function reverted(
  { chain }: Sending,
  { transactionHash, blockNumber }: Receipt,
): Promise<Outcome<Receipt>> {
  const settled = await chain.settledBlock().catch(() => -1);
  return blockNumber <= settled
    ? { kind: 'rejected', code: 'reverted', text: `Transaction ${transactionHash} was mined and reverted.` }
    : { kind: 'unresolved', text: `transaction ${transactionHash} reverted in a block that is not final` };
}
