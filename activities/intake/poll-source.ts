import type { Logger } from '#observability/logger.ts';
import type { SealingKey } from '#process/sealed-text.ts';
import { inTransaction, type Database } from '#prisma/client.ts';
import { nextMonthOf, readsInMonth, type SourceCounts } from '#prisma/repositories/source-days.ts';
import { concludeFailedPoll, concludePoll, type LeasedSource } from '#prisma/repositories/source-polls.ts';
import { SourceBlocked, SourceDown, SourceError } from '#sources/errors.ts';
import { openSecret } from '#sources/secret.ts';
import { isPolled, type PolledSource, type PollResult, type Sources } from '#sources/source.ts';
import { dueAfter, dueAfterFailure } from './due-times.ts';
import { storeDelivery } from './store-delivery.ts';

export interface PollDeps {
  db: Database;
  /** One for each kind of source that this process can read. */
  sources: Sources;
  /** Open the secrets of sources. */
  sourceKeys: readonly SealingKey[];
  logger: Logger;
  now: () => number;
}

/** Messages read in one step. */
const PAGE_SIZE = 200;
/** Leaves time to store the page within the lease. */
const POLL_TIMEOUT_MS = 20_000;

/** What a poll brought; `failed` says why it brought nothing, `stopped` that nobody asks again until a person resumes it. */
export interface PollOutcome {
  messages: number;
  /** True when there is more to read at once. */
  more: boolean;
  failed?: { code: string; text: string; stopped: boolean };
}

/**
 * Polls a leased source once and stores what it brings, with the cursor behind it, in one transaction. A failure of the
 * source is written down with the time it is asked again, and concerns no other source. Without `announces` the caller
 * has the new messages evaluated.
 *
 * @throws `LeaseLostError` when another process has the source, and what the database throws: then nothing is stored,
 * and the poll comes again.
 */
export async function pollSource(
  deps: PollDeps,
  leased: LeasedSource,
  { announces = true } = {},
): Promise<PollOutcome> {
  const asked = await askSource(deps, leased);
  if ('failed' in asked) return concludeFailure(deps, leased, asked.failed);
  const { source, page } = asked;
  const counts = await storePage(deps, { leased, source, page, announces });
  if (counts.malformed > 0)
    deps.logger.warn({ source: leased.handle, malformed: counts.malformed }, 'messages that cannot be read');
  return { messages: counts.messages, more: page.more };
}

type Asked = { source: PolledSource; page: PollResult } | { failed: unknown };

async function askSource(deps: PollDeps, leased: LeasedSource): Promise<Asked> {
  const readsLeft = await countReadsLeft(deps, leased);
  try {
    if (readsLeft === 0) throw new BudgetSpent(leased.monthlyReads ?? 0);
    const source = polledSource(deps.sources, leased);
    const page = await source.poll({
      handle: leased.handle,
      options: source.options.parse(leased.options),
      secret: leased.secret && openSecret(deps.sourceKeys, leased.id, leased.secret),
      externalId: leased.externalId,
      cursor: leased.cursor,
      limit: PAGE_SIZE,
      readsLeft,
      now: deps.now(),
      signal: AbortSignal.timeout(POLL_TIMEOUT_MS),
    });
    return { source, page };
  } catch (failed) {
    return { failed };
  }
}

/** The source has cost what it may this month. */
class BudgetSpent extends SourceError {
  override name = 'BudgetSpent';

  constructor(monthlyReads: number) {
    super('source_budget_spent', `the budget of ${monthlyReads} reads of this month is spent`);
  }
}

async function countReadsLeft({ db, now }: PollDeps, leased: LeasedSource): Promise<number | null> {
  const { id, monthlyReads } = leased;
  return monthlyReads === null ? null : Math.max(0, monthlyReads - (await readsInMonth(db, id, now())));
}

function polledSource(sources: Sources, { kind }: LeasedSource): PolledSource {
  const source = sources.get(kind);
  if (source && isPolled(source)) return source;
  throw new SourceDown(`nothing reads ${kind} sources here`);
}

interface Page {
  leased: LeasedSource;
  source: PolledSource;
  page: PollResult;
  announces: boolean;
}

const storePage = ({ db, now }: PollDeps, { leased, source, page, announces }: Page): Promise<SourceCounts> =>
  inTransaction(db, async (tx) => {
    const at = now();
    const isBacklog = !leased.isPrimed && source.firstPoll === 'marksSeen';
    // First the source: a poll that has lost its lease stores nothing.
    await concludePoll(tx, leased, {
      cursor: page.cursor,
      polledAt: at,
      nextPollAt: page.more
        ? at
        : dueAfter({ at, periodMs: periodOf(leased, source), retryAt: page.retryAt }),
      isPrimed: !page.more,
      ...(page.identity && { identity: page.identity }),
    });
    return storeDelivery(
      tx,
      {
        sourceAccountId: leased.id,
        now: at,
        isBacklog,
        announces,
        ...(page.spent && { spent: page.spent }),
      },
      page,
    );
  });

const periodOf = ({ periodMs }: LeasedSource, { period }: PolledSource): number =>
  Math.max(period.minMs, periodMs ?? period.defaultMs);

async function concludeFailure(
  { db, logger, now }: PollDeps,
  leased: LeasedSource,
  failed: unknown,
): Promise<PollOutcome> {
  const at = now();
  const code = failed instanceof SourceError ? failed.code : 'source_down';
  const text = failed instanceof Error ? failed.message : String(failed);
  const stopped = failed instanceof SourceBlocked;
  const nextPollAt =
    failed instanceof BudgetSpent ? nextMonthOf(at).getTime() : dueAfterFailure(at, leased.failures, failed);
  await concludeFailedPoll(db, leased, {
    error: text,
    failedAt: at,
    nextPollAt,
    stopCode: stopped ? code : null,
  });
  logger.warn({ source: leased.handle, kind: leased.kind, code, err: failed }, 'source cannot be read');
  return { messages: 0, more: false, failed: { code, text, stopped } };
}
