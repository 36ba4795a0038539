import { ApplicationFailure } from '@temporalio/common';
import type { Logger } from '#observability/logger.ts';
import type { Database } from '#prisma/client.ts';
import { recordSkips, skipSubjects, type SkipDraft } from '#prisma/repositories/skipped-signals.ts';
import { listActiveSources, readSourceAccount, storeCursor } from '#prisma/repositories/source-accounts.ts';
import { storeMessages } from '#prisma/repositories/source-messages.ts';
import { refusal } from '#domain/reasons.ts';
import { SourcePathError } from '#sources/file/allowed-path.ts';
import type { MalformedMessage, PollResult, Source } from '#sources/source.ts';
import { recordRevisions } from './record-revisions.ts';
import type { PipelineActivities } from '../contract.ts';

export interface IngestionDeps {
  db: Database;
  /** One per kind of source this process can read. */
  sources: ReadonlyMap<Source['kind'], Source>;
  logger: Logger;
  now: () => number;
}

/** Messages read in one step. */
const PAGE_SIZE = 200;
/** Leaves time to store the page within the step. */
const POLL_TIMEOUT_MS = 20_000;

export function createIngestionActivities(
  deps: IngestionDeps,
): Pick<PipelineActivities, 'ingestSource' | 'listSources'> {
  return {
    async ingestSource({ sourceAccountId }) {
      const account = await readSourceAccount(deps.db, sourceAccountId);
      if (!account || account.status !== 'active') return { messages: 0, more: false };
      const source = sourceOf(deps, account.kind);
      const signal = AbortSignal.timeout(POLL_TIMEOUT_MS);
      const page = await source
        .poll(account.handle, account.cursor, { limit: PAGE_SIZE, signal })
        .catch(throwForGoodWhereRefused);
      const messages = await storePage(deps, sourceAccountId, page);
      return { messages, more: page.more };
    },

    async listSources() {
      const sources = await listActiveSources(deps.db);
      return sources.map(({ id, kind, handle }) => ({ sourceAccountId: id, kind, handle }));
    },
  };
}

/** A file that may not be read is not asked for again until its schedule comes round. */
function throwForGoodWhereRefused(error: unknown): never {
  if (error instanceof SourcePathError) throw ApplicationFailure.nonRetryable(error.message, error.code);
  throw error;
}

function sourceOf(deps: IngestionDeps, kind: Source['kind']): Source {
  const source = deps.sources.get(kind);
  if (source) return source;
  throw ApplicationFailure.nonRetryable(
    `No reader for sources of kind ${kind} is configured here.`,
    'no_source_reader',
  );
}

/**
 * Stores a page, then the cursor behind it: whatever dies in between, the page comes again and finds its messages
 * already there. Answers how many were new.
 */
async function storePage(
  { db, logger, now }: IngestionDeps,
  accountId: string,
  page: PollResult,
): Promise<number> {
  const drafts = page.messages.map(({ externalId, author, text, postedAt }) => ({
    externalId: storable(externalId),
    author: storable(author),
    text: storable(text),
    postedAt,
  }));
  const ids = await storeMessages(db, accountId, drafts);
  if (ids.length < drafts.length) await recordRevisions(db, accountId, drafts);
  const malformed = await recordSkips(
    db,
    page.malformed.map((message) => toSkip(accountId, message)),
  );
  if (malformed > 0) logger.warn({ sourceAccountId: accountId, malformed }, 'messages that cannot be read');
  await storeCursor(db, accountId, { cursor: page.cursor, polledAt: now() });
  return ids.length;
}

const toSkip = (accountId: string, { externalId, problem }: MalformedMessage): SkipDraft => ({
  subject: skipSubjects.malformedMessage(accountId, storable(externalId)),
  ...refusal('malformed_message', storable(problem)),
});

/** Postgres takes neither the NUL character nor half a surrogate pair. */
const storable = (text: string): string => text.toWellFormed().replaceAll('\u0000', '\u{FFFD}');
