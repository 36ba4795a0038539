/** A transaction that was sent: its nonce, and the hash of each version of it. */
export interface SentTransaction {
  nonce: number;
  hashes: string[];
}

/** The note of a command: all transactions that it was sent as, the oldest first. */
export interface NotedCommand {
  /** Lower-case address of the key that signed; null for commands noted before it was kept. */
  from: string | null;
  sent: readonly SentTransaction[];
}

const ONE = /^(\d+):(0x[0-9a-f]{64}(?:,0x[0-9a-f]{64})*)$/i;

/** Returns the note as it stands in the books: `0xkey/12:0xabc...,0xdef...;13:0x...`. */
export const writeReference = ({ from, sent }: NotedCommand): string =>
  (from === null ? '' : `${from}/`) +
  sent.map(({ nonce, hashes }) => `${nonce}:${hashes.join(',')}`).join(';');

/** Returns what was noted, or null when the text names no transaction. */
export function readReference(reference: string | null): NotedCommand | null {
  const [, from, text = ''] = /^(?:(0x[0-9a-f]{40})\/)?(.*)$/is.exec(reference ?? '') ?? [];
  const read = text.split(';').map(readOne);
  const sent = read.filter((each) => each !== null);
  return sent.length === read.length ? { from: from?.toLowerCase() ?? null, sent } : null;
}

function readOne(text: string): SentTransaction | null {
  const [, nonce, hashes] = ONE.exec(text) ?? [];
  return nonce === undefined || hashes === undefined
    ? null
    : { nonce: Number(nonce), hashes: hashes.split(',') };
}
