import type { DecimalString } from '#domain/money.ts';
import type { DatabaseOrTransaction } from '../client.ts';

/** What a source delivered and cost. */
export interface SourceCounts {
  messages: number;
  edits: number;
  deletions: number;
  malformed: number;
  reads: number;
  costUsd: DecimalString;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Returns the day of a time, in UTC. */
const dayOf = (at: number): Date => new Date(Math.floor(at / DAY_MS) * DAY_MS);

/** Adds to what the source delivered and cost on the day of a time. */
export async function addToDay(
  db: DatabaseOrTransaction,
  sourceAccountId: string,
  at: number,
  counts: SourceCounts,
): Promise<void> {
  const day = dayOf(at);
  await db.sourceDay.upsert({
    where: { sourceAccountId_day: { sourceAccountId, day } },
    create: { sourceAccountId, day, ...counts },
    update: {
      messages: { increment: counts.messages },
      edits: { increment: counts.edits },
      deletions: { increment: counts.deletions },
      malformed: { increment: counts.malformed },
      reads: { increment: counts.reads },
      costUsd: { increment: counts.costUsd },
    },
  });
}

/** Returns how many reads the source has cost in the calendar month (UTC) of a time. */
export async function readsInMonth(
  db: DatabaseOrTransaction,
  sourceAccountId: string,
  at: number,
): Promise<number> {
  const { _sum: sum } = await db.sourceDay.aggregate({
    where: { sourceAccountId, day: { gte: monthOf(at), lt: nextMonthOf(at) } },
    _sum: { reads: true },
  });
  return sum.reads ?? 0;
}

const monthOf = (at: number): Date => startOfMonth(at, 0);
/** Returns the first moment of the month after a time, in UTC. */
export const nextMonthOf = (at: number): Date => startOfMonth(at, 1);

function startOfMonth(at: number, monthsLater: number): Date {
  const time = new Date(at);
  return new Date(Date.UTC(time.getUTCFullYear(), time.getUTCMonth() + monthsLater, 1));
}
