import type { FenceResult, Outcome, TradingSigner } from '../../venue.ts';
import { awaitMined } from './await-mined.ts';
import { firstFees } from './fees.ts';
import { readNonceUse, type NonceUse } from './nonce-use.ts';
import type { NotedCommand, SentTransaction } from './reference.ts';
import { GAS_MARGIN_PCT } from './send-transaction.ts';
import { broadcast, sign, signerFailed, type Sending } from './sending.ts';

/**
 * Makes sure that none of a command's transactions can happen any more, or finds one that has. A nonce that is still
 * free is used up by a transfer of nothing. Returns `unresolved` for as long as the chain shows neither.
 */
export async function fenceCommand(
  sending: Sending,
  signer: TradingSigner,
  { from, sent }: NotedCommand,
): Promise<Outcome<FenceResult>> {
  for (const each of sent) {
    // oxlint-disable-next-line no-await-in-loop -- one transaction of a key after the other
    const verdict = await fenceOne(sending, { signer, from: from ?? signer.address }, each);
    if (verdict.kind !== 'confirmed' || verdict.value === 'landed') return verdict;
  }
  return fenced;
}

const fenced: Outcome<FenceResult> = { kind: 'confirmed', value: 'fenced' };
const landed: Outcome<FenceResult> = { kind: 'confirmed', value: 'landed' };

/** Nonces belong to keys: one of another key can be read, and not used up. */
async function fenceOne(
  sending: Sending,
  { signer, from }: { signer: TradingSigner; from: string },
  sent: SentTransaction,
): Promise<Outcome<FenceResult>> {
  const known = await verdictOf(sending, await readNonceUse(sending.chain, from, sent));
  if (known || from !== signer.address) return known ?? unresolved(sent);
  const unsigned = await prepareNoop(sending, signer, sent.nonce);
  const signed = await sign(signer, unsigned);
  if (signed === null) return signerFailed;
  await broadcast(sending, signed);
  const either = { nonce: sent.nonce, hashes: [...sent.hashes, signed.hash] };
  const underway = { signer, unsigned, sent: [either], options: null, mayRaise: true };
  const waited = await awaitMined(sending, underway);
  if (typeof waited !== 'string' && waited.kind === 'mined') {
    const isNoop = !sent.hashes.includes(waited.receipt.transactionHash);
    const settled = await sending.chain.settledBlock();
    if (isNoop && waited.receipt.blockNumber <= settled) return fenced;
    if (!isNoop) return (await verdictOf(sending, waited)) ?? unresolved(sent);
  }
  return typeof waited !== 'string' && waited.kind === 'other' ? fenced : unresolved(sent);
}

/** Null while the chain has not decided. */
async function verdictOf({ chain }: Sending, use: NonceUse): Promise<Outcome<FenceResult> | null> {
  if (use.kind === 'other') return fenced;
  if (use.kind !== 'mined') return null;
  if (use.receipt.succeeded) return landed;
  return use.receipt.blockNumber <= (await chain.settledBlock()) ? fenced : null;
}

const unresolved = ({ nonce, hashes }: SentTransaction): Outcome<FenceResult> => ({
  kind: 'unresolved',
  text: `the chain does not show yet what became of nonce ${nonce}, sent as ${hashes.join(', ')}`,
});

/** Offers more than any fee the lost transaction can have been raised to. */
async function prepareNoop({ chain }: Sending, signer: TradingSigner, nonce: number) {
  const noop = { to: signer.address, data: '0x' };
  const [block, needed] = await Promise.all([
    chain.block('latest'),
    chain.estimateGas({ from: signer.address, ...noop }),
  ]);
  const gasLimit = (needed * GAS_MARGIN_PCT) / 100n;
  return { chainId: chain.chainId, nonce, gasLimit, ...noop, ...firstFees(block.baseFeePerGas * 8n) };
}
