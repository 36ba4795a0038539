import type { DatabaseOrTransaction } from '../client.ts';
import { readFeedEnd, type EventCursor } from './event-feed.ts';

/**
 * Takes the place of a reader for this transaction; null while another process has it. A new reader begins at the end,
 * and so does one whose place is ahead of the database, which was moved to another server then.
 */
export async function takeReader(tx: DatabaseOrTransaction, name: string): Promise<EventCursor | null> {
  const [row] = await tx.$queryRaw<EventCursor[]>`
    SELECT tx, event_id AS id FROM event_reader WHERE name = ${name} FOR UPDATE SKIP LOCKED`;
  // Read once the place is ours: another process moves it up to an end of later.
  const end = await readFeedEnd(tx);
  if (!row) {
    const made = await tx.eventReader.createMany({
      data: [{ name, tx: end.tx, eventId: 0n }],
      skipDuplicates: true,
    });
    return made.count === 1 ? end : null;
  }
  if (row.tx <= end.tx) return row;
  await moveReader(tx, name, end);
  return end;
}

/** Notes how far a reader has come. */
export async function moveReader(
  tx: DatabaseOrTransaction,
  name: string,
  { tx: at, id }: EventCursor,
): Promise<void> {
  await tx.eventReader.update({ where: { name }, data: { tx: at, eventId: id } });
}
