import { amount, decimalString, type DecimalString } from '#domain/money.ts';
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

/** Days of a source that are kept: over a year. */
const KEPT_DAYS = 400;

/** Returns the first day that is kept at a time. */
export const firstKeptDay = (at: number): Date => dayOf(at - KEPT_DAYS * DAY_MS);

/** Adds to what the source delivered and cost on the day of a time, and removes its days of over a year ago. */
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
  await db.sourceDay.deleteMany({ where: { sourceAccountId, day: { lt: firstKeptDay(at) } } });
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

const DAYS_SHOWN = 7;

/** What sources delivered and cost: today, and on an average day of the last seven. */
export interface SourceTally {
  today: SourceCounts;
  readsThisMonth: number;
  messagesPerDay: number;
  costPerDayUsd: DecimalString;
}

/** Returns the tallies of sources at a time, by id; one that delivered nothing this month or week has none. */
export async function tallySources(
  db: DatabaseOrTransaction,
  ids: readonly string[],
  at: number,
): Promise<ReadonlyMap<string, SourceTally>> {
  if (ids.length === 0) return new Map();
  const today = isoDay(dayOf(at));
  const month = isoDay(monthOf(at));
  const since = isoDay(new Date(dayOf(at).getTime() - (DAYS_SHOWN - 1) * DAY_MS));
  const rows = await db.$queryRaw<TallyRow[]>`
    SELECT source_account_id AS id,
      coalesce(sum(messages) FILTER (WHERE day = ${today}::date), 0)::int AS messages,
      coalesce(sum(edits) FILTER (WHERE day = ${today}::date), 0)::int AS edits,
      coalesce(sum(deletions) FILTER (WHERE day = ${today}::date), 0)::int AS deletions,
      coalesce(sum(malformed) FILTER (WHERE day = ${today}::date), 0)::int AS malformed,
      coalesce(sum(reads) FILTER (WHERE day = ${today}::date), 0)::int AS reads,
      coalesce(sum(cost_usd) FILTER (WHERE day = ${today}::date), 0)::text AS cost,
      coalesce(sum(reads) FILTER (WHERE day >= ${month}::date), 0)::int AS month_reads,
      coalesce(sum(messages) FILTER (WHERE day >= ${since}::date), 0)::int AS week_messages,
      coalesce(sum(cost_usd) FILTER (WHERE day >= ${since}::date), 0)::text AS week_cost
    FROM source_day
    WHERE source_account_id = ANY(${[...ids]}::uuid[]) AND day >= least(${month}::date, ${since}::date)
    GROUP BY source_account_id`;
  return new Map(rows.map((row) => [row.id, toTally(row)]));
}

/** As text, because a time would become a date by the time zone of the session. */
const isoDay = (day: Date): string => day.toISOString().slice(0, 10);

interface TallyRow {
  id: string;
  messages: number;
  edits: number;
  deletions: number;
  malformed: number;
  reads: number;
  cost: string;
  month_reads: number;
  week_messages: number;
  week_cost: string;
}

function toTally({ messages, edits, deletions, malformed, reads, ...row }: TallyRow): SourceTally {
  return {
    today: { messages, edits, deletions, malformed, reads, costUsd: decimalString(amount(row.cost)) },
    readsThisMonth: row.month_reads,
    messagesPerDay: row.week_messages / DAYS_SHOWN,
    costPerDayUsd: decimalString(amount(row.week_cost).div(DAYS_SHOWN).toDecimalPlaces(6)),
  };
}
