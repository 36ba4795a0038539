import type { Spent } from '#classifiers/openai/answer-book.ts';
import type { DecimalString } from '#domain/money.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { text } from './rows.ts';

/** Name under which the money of all sources together is counted. */
export const ALL_SOURCES = '';

/** USD that may be taken on one day (UTC). */
export interface DailyBudget {
  totalUsd: number;
  sourceUsd: number;
}

/**
 * Sets money aside on today's account of a source and on that of all. Returns the accounts that have no room for it; then
 * the caller has to roll back, since the other one may have been changed. All sources come first, so that two
 * transactions never wait for each other.
 */
export async function setAside(
  db: DatabaseOrTransaction,
  { source, usd }: { source: string; usd: number },
  { totalUsd, sourceUsd }: DailyBudget,
): Promise<string[]> {
  const accounts = accountsOf(source);
  const tooDear = accounts.filter((each) => usd > (each === ALL_SOURCES ? totalUsd : sourceUsd));
  if (tooDear.length > 0) return tooDear;
  const changed = await db.$queryRaw<{ source: string }[]>`
    INSERT INTO model_spend AS spend (day, source, usd, questions, input_tokens, output_tokens)
    VALUES ${rowsOf(accounts, TODAY, { usd, questions: 1, inputTokens: 0, outputTokens: 0 })}
    ON CONFLICT (day, source) DO UPDATE
    SET usd = spend.usd + excluded.usd, questions = spend.questions + excluded.questions
    WHERE spend.usd + excluded.usd <=
      CASE WHEN spend.source = ${ALL_SOURCES} THEN ${column(totalUsd)}::numeric ELSE ${column(sourceUsd)}::numeric END
    RETURNING source`;
  return accounts.filter((each) => !changed.some((row) => row.source === each));
}

/** Puts what a question has cost in the place of what was set aside for it, on the day on which that was done. */
export async function settleSpend(
  db: DatabaseOrTransaction,
  { source, reservedUsd, day }: { source: string; reservedUsd: number; day: Date },
  { usd, inputTokens, outputTokens }: Spent,
): Promise<void> {
  const difference = { usd: usd - reservedUsd, questions: 0, inputTokens, outputTokens };
  await db.$executeRaw`
    INSERT INTO model_spend AS spend (day, source, usd, questions, input_tokens, output_tokens)
    VALUES ${rowsOf(accountsOf(source), Prisma.sql`${day}::date`, difference)}
    ON CONFLICT (day, source) DO UPDATE
    SET usd = GREATEST(spend.usd + excluded.usd, 0),
      input_tokens = spend.input_tokens + excluded.input_tokens,
      output_tokens = spend.output_tokens + excluded.output_tokens`;
}

const accountsOf = (source: string): string[] =>
  source === ALL_SOURCES ? [ALL_SOURCES] : [ALL_SOURCES, source];

const TODAY = Prisma.sql`(now() AT TIME ZONE 'UTC')::date`;

const column = (usd: number): string => usd.toFixed(9);

const rowsOf = (
  accounts: readonly string[],
  day: Prisma.Sql,
  { usd, questions, inputTokens, outputTokens }: Spent & { questions: number },
): Prisma.Sql =>
  Prisma.join(
    accounts.map(
      (source) =>
        Prisma.sql`(${day}, ${source}, ${column(usd)}::numeric, ${questions}::int, ${inputTokens}::bigint, ${outputTokens}::bigint)`,
    ),
  );

/** Money and tokens of one account on one day. */
export interface SpendRow {
  /** {@link ALL_SOURCES}, or the id of a source. */
  source: string;
  usd: DecimalString;
  questions: number;
  inputTokens: number;
  outputTokens: number;
}

const MAX_ROWS = 100;

/** Returns what was taken today (UTC): all sources together first, then the dearest ones. */
export async function listSpendOfToday(db: DatabaseOrTransaction, now: number): Promise<SpendRow[]> {
  const rows = await db.modelSpend.findMany({
    where: { day: new Date(new Date(now).toISOString().slice(0, 10)) },
    orderBy: [{ usd: 'desc' }, { source: 'asc' }],
    take: MAX_ROWS,
  });
  return rows
    .map(({ source, usd, questions, inputTokens, outputTokens }) => ({
      source,
      usd: text(usd),
      questions,
      inputTokens: Number(inputTokens),
      outputTokens: Number(outputTokens),
    }))
    .toSorted((a, b) => Number(b.source === ALL_SOURCES) - Number(a.source === ALL_SOURCES));
}

const KEPT_DAYS = 400;
const REMOVED_AT_ONCE = 10;

/** Removes some of the accounts of days that are over a year past. */
export async function removeOldSpend(db: DatabaseOrTransaction): Promise<void> {
  await db.$executeRaw`
    DELETE FROM model_spend WHERE (day, source) IN (
      SELECT day, source FROM model_spend WHERE day < ${TODAY} - ${KEPT_DAYS}::int
      ORDER BY day LIMIT ${REMOVED_AT_ONCE} FOR UPDATE SKIP LOCKED)`;
}
