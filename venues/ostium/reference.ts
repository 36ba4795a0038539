/** What finds a command on chain: the nonce of its transaction, and the hash of each version that was sent. */
export interface SentTransaction {
  nonce: number;
  hashes: string[];
}

/** As it stands in the books: `12:0xabc...,0xdef...`. */
export const writeReference = ({ nonce, hashes }: SentTransaction): string => `${nonce}:${hashes.join(',')}`;

/** Null when nothing was noted, or not by us. */
export function readReference(reference: string | null): SentTransaction | null {
  const [, nonce, hashes] = /^(\d+):(0x[0-9a-f]{64}(?:,0x[0-9a-f]{64})*)$/i.exec(reference ?? '') ?? [];
  return nonce === undefined || hashes === undefined
    ? null
    : { nonce: Number(nonce), hashes: hashes.split(',') };
}
