import type { Chain, Receipt } from './chain.ts';
import type { SentTransaction } from './reference.ts';

/**
 * What the chain shows of a nonce.
 * - `mined`: one of the transactions sent under it was mined.
 * - `free`: no transaction has used it yet.
 * - `other`: another transaction has used it, deep enough to be believed: those sent under it never happen.
 * - `unclear`: it is used, and no node shows by which transaction. That a node has no receipt says nothing.
 */
export type NonceUse =
  | { kind: 'mined'; receipt: Receipt }
  | { kind: 'free' }
  | { kind: 'other'; hash: string }
  | { kind: 'unclear' };

/** Returns what became of a nonce. Throws `VenueError` when no node can say. */
export async function readNonceUse(chain: Chain, address: string, sent: SentTransaction): Promise<NonceUse> {
  const [receipt, head] = await Promise.all([findReceipt(chain, sent.hashes), chain.highest()]);
  if (receipt) return { kind: 'mined', receipt };
  if ((await chain.sentCount(address, head)) <= sent.nonce) return { kind: 'free' };
  const user = await findUser(chain, { address, nonce: sent.nonce, head });
  if (user === null || sent.hashes.includes(user.hash)) return { kind: 'unclear' };
  const isDeep = user.block <= (await chain.settledBlock());
  return isDeep ? { kind: 'other', hash: user.hash } : { kind: 'unclear' };
}

/** Returns the receipt of the first of these transactions that any node has one of; null says nothing. */
export async function findReceipt(chain: Chain, hashes: readonly string[]): Promise<Receipt | null> {
  const receipts = await Promise.all(hashes.map((hash) => chain.receiptAnywhere(hash)));
  return receipts.find((each) => each !== null) ?? null;
}

interface Wanted {
  address: string;
  nonce: number;
  head: number;
}

/** Returns the transaction that used a nonce; null when the block that should hold it does not show it. */
async function findUser(chain: Chain, wanted: Wanted): Promise<{ hash: string; block: number } | null> {
  const block = await findBlock(chain, wanted);
  const transactions = await chain.transactionsIn(block);
  const user = transactions?.find(
    ({ from, nonce }) => from === wanted.address.toLowerCase() && nonce === wanted.nonce,
  );
  return user ? { hash: user.hash, block } : null;
}

/** Returns the block in which the address used the nonce, by steps back from the head and then by halving. */
async function findBlock(chain: Chain, { address, nonce, head }: Wanted): Promise<number> {
  const isUsedAt = async (block: number): Promise<boolean> => (await chain.sentCount(address, block)) > nonce;
  let [before, after] = [Math.max(0, head - 1), head];
  // oxlint-disable-next-line no-await-in-loop -- each look depends on the one before
  for (let step = 4; before > 0 && (await isUsedAt(before)); step *= 4) {
    after = before;
    before = Math.max(0, head - step);
  }
  while (after - before > 1) {
    const middle = Math.floor((before + after) / 2);
    // oxlint-disable-next-line no-await-in-loop -- each look depends on the one before
    if (await isUsedAt(middle)) after = middle;
    else before = middle;
  }
  return after;
}
