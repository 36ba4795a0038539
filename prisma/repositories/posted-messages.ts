import type { DatabaseOrTransaction } from '../client.ts';
import { firstKeptDay } from './source-days.ts';
import { MESSAGE_CHANNEL } from './message-announcements.ts';
import { timeOrderedId } from './rows.ts';

/** A message that was posted to a source. */
export interface PostedMessageDraft {
  sourceAccountId: string;
  externalId: string;
  /** An id that the message may be stored under already: it is then no new one. */
  orExternalId?: string;
  author: string;
  text: string;
  call: object | null;
  postedAt: number;
  /** Epoch ms. */
  now: number;
}

/**
 * Stores a message, counts it to its day and tells the pipeline, in one statement, because its sender waits. Returns
 * its id; null when it is stored already.
 */
export async function storePostedMessage(
  db: DatabaseOrTransaction,
  draft: PostedMessageDraft,
): Promise<string | null> {
  const { sourceAccountId, externalId, orExternalId = externalId, author, text, call, postedAt, now } = draft;
  const id = timeOrderedId(now);
  const rows = await db.$queryRaw<unknown[]>`
    WITH stored AS (
      INSERT INTO source_message (id, source_account_id, external_id, author, text, call, posted_at)
      SELECT ${id}::uuid, ${sourceAccountId}::uuid, ${externalId}, ${author}, ${text},
        ${call === null ? null : JSON.stringify(call)}::jsonb, ${new Date(postedAt)}
      WHERE NOT EXISTS (
        SELECT 1 FROM source_message
        WHERE source_account_id = ${sourceAccountId}::uuid AND external_id = ${orExternalId}
      )
      ON CONFLICT (source_account_id, external_id) DO NOTHING
      RETURNING id
    ), counted AS (
      INSERT INTO source_day (source_account_id, day, messages)
      SELECT ${sourceAccountId}::uuid, (${new Date(now)} AT TIME ZONE 'UTC')::date, 1 FROM stored
      ON CONFLICT (source_account_id, day) DO UPDATE SET messages = source_day.messages + 1
    ), forgotten AS (
      DELETE FROM source_day WHERE source_account_id = ${sourceAccountId}::uuid AND day < (${firstKeptDay(now)} AT TIME ZONE 'UTC')::date
    )
    SELECT id, pg_notify(${MESSAGE_CHANNEL}, '')::text FROM stored`;
  return rows.length > 0 ? id : null;
}

/** Returns the id of a message of a source, by the ids it may have there; null for none. */
export async function findPostedMessage(
  db: DatabaseOrTransaction,
  sourceAccountId: string,
  externalIds: readonly string[],
): Promise<string | null> {
  const row = await db.sourceMessage.findFirst({
    where: { sourceAccountId, externalId: { in: [...externalIds] } },
    select: { id: true },
  });
  return row?.id ?? null;
}
