import { signalOutcome } from '#domain/signal-outcome.ts';
import type { Database } from '#prisma/client.ts';
import { readWords } from '#prisma/repositories/message-words.ts';
import { readFates } from '#prisma/repositories/signal-fates.ts';
import type { SignalRow } from '#prisma/repositories/signals.ts';
import { listSkips } from '#prisma/repositories/skipped-signals.ts';
import type { OfUser } from '#prisma/repositories/visible-rows.ts';
import type { Signal } from '../schemas/signal.ts';

const SHOWN_SKIPS = 20;

/** Returns signals with what became of them for a user or for all, why, and the words they came from. */
export async function describeSignals(
  db: Database,
  rows: readonly SignalRow[],
  { now, ...whose }: { now: number } & OfUser,
): Promise<Signal[]> {
  const messageIds = rows.flatMap(({ messageId }) => messageId ?? []);
  const [fateOf, words, skips] = await Promise.all([
    readFates(
      db,
      rows.map(({ id }) => id),
      whose,
    ),
    readWords(db, messageIds),
    Promise.all(rows.map(({ id }) => listSkips(db, { signalId: id, limit: SHOWN_SKIPS, ...whose }))),
  ]);
  return rows.map((row, index) => {
    const message = row.messageId === null ? undefined : words.get(row.messageId);
    return {
      ...row,
      outcome: signalOutcome({ ...row, ...fateOf(row.id) }, now),
      skips: skips[index] ?? [],
      message: message ? { ...message, reasons: [...message.reasons] } : null,
    };
  });
}
