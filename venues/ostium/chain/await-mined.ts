import type { CommandOptions, TradingSigner, UnsignedTransaction } from '../../venue.ts';
import { raised } from './fees.ts';
import type { Chain, Receipt } from './chain.ts';
import { readNonceUse, type NonceUse } from './nonce-use.ts';
import type { SentTransaction } from './reference.ts';
import { poll } from './rpc.ts';
import { broadcast, sign, type Sending } from './sending.ts';

/** A transaction on its way. */
export interface Underway {
  signer: TradingSigner;
  unsigned: UnsignedTransaction;
  /** All transactions of the command, the newest last. */
  sent: SentTransaction[];
  /** Null for a transaction that is not noted. */
  options: CommandOptions | null;
  /** False where another transaction may wait under its nonce: it is not sent again then. */
  mayRaise: boolean;
}

/** The end of waiting: what the chain shows of the nonce, nothing yet, or that another attempt has taken over. */
export type Waited = Extract<NonceUse, { kind: 'mined' | 'other' }> | 'nothing_yet' | 'superseded';

/** Looks for a receipt between two looks at the nonce, unless another transaction may use it. */
const LOOKS_PER_ROUND = 10;

/**
 * Waits until the chain shows what became of the nonce. While the nonce stays free, the transaction is sent again
 * with a higher fee.
 */
export async function awaitMined(sending: Sending, underway: Underway): Promise<Waited> {
  const { timing } = sending;
  const untilMs = performance.now() + timing.minedMs;
  for (let current = underway; ;) {
    const patienceMs = Math.min(performance.now() + timing.stuckMs, untilMs);
    // oxlint-disable-next-line no-await-in-loop -- waiting
    const use = await awaitUse(sending, current, patienceMs);
    if (use.kind === 'mined' || use.kind === 'other') return use;
    if (performance.now() >= untilMs) return 'nothing_yet';
    if (use.kind !== 'free' || !current.mayRaise) continue;
    // oxlint-disable-next-line no-await-in-loop -- one attempt after the other
    const again = await sendAgain(sending, current);
    if (again === 'superseded') return again;
    current = again;
  }
}

/** Looks often for a receipt and now and then at the nonce. Returns what became of the nonce, or that it is undecided once the time is up. */
async function awaitUse(sending: Sending, underway: Underway, untilMs: number): Promise<NonceUse> {
  const { chain, timing } = sending;
  for (;;) {
    const looks = underway.mayRaise ? LOOKS_PER_ROUND : 1;
    const roundMs = Math.min(untilMs, performance.now() + looks * timing.pollMs);
    const look = () => receiptOf(chain, lastOf(underway).hashes).catch(() => null);
    // oxlint-disable-next-line no-await-in-loop -- waiting
    const receipt = await poll(look, { pollMs: timing.pollMs, untilMs: roundMs });
    if (receipt) return { kind: 'mined', receipt };
    // oxlint-disable-next-line no-await-in-loop -- as above
    const use = await useOf(sending, underway);
    if (use.kind === 'mined' || use.kind === 'other' || performance.now() >= untilMs) return use;
  }
}

/** Returns the receipt of any of the transactions, from one node only, since it is called often. */
async function receiptOf(chain: Chain, hashes: readonly string[]): Promise<Receipt | null> {
  const receipts = await Promise.all(hashes.map((hash) => chain.receipt(hash)));
  return receipts.find((each) => each !== null) ?? null;
}

const useOf = ({ chain }: Sending, underway: Underway): Promise<NonceUse> =>
  readNonceUse(chain, underway.signer.address, lastOf(underway)).catch(() => ({ kind: 'unclear' }) as const);

async function sendAgain(sending: Sending, underway: Underway): Promise<Underway | 'superseded'> {
  const unsigned = { ...underway.unsigned, ...raised(underway.unsigned) };
  const again = await sign(underway.signer, unsigned);
  if (again === null) return underway;
  lastOf(underway).hashes.push(again.hash);
  const { signer, options, sent } = underway;
  if (options && !(await sending.note(signer, options, sent))) return 'superseded';
  await broadcast(sending, again);
  return { ...underway, unsigned };
}

const lastOf = ({ sent, unsigned }: Pick<Underway, 'sent' | 'unsigned'>): SentTransaction =>
  sent.at(-1) ?? { nonce: unsigned.nonce, hashes: [] };
