import type { SourceKind } from '#domain/statuses.ts';
import { inTransaction, type DatabaseOrTransaction } from '../client.ts';
import { recordOutages, recordRecoveries } from './source-outages.ts';

/** A source that is listened to. */
export interface ListenedSource {
  id: string;
  handle: string;
  options: object;
  secret: { sealKeyId: string; sealed: Uint8Array<ArrayBuffer> } | null;
  externalId: string | null;
}

interface Columns {
  id: string;
  handle: string;
  options: object;
  sealed_secret: Uint8Array<ArrayBuffer> | null;
  seal_key_id: string | null;
  external_id: string | null;
}

/**
 * Returns the sources of a kind that are to be heard, in the order they were added: active, not stopped, and with reads
 * left in the budget of the month (UTC).
 */
export async function listListenedSources(
  db: DatabaseOrTransaction,
  { kind, now, limit }: { kind: SourceKind; now: number; limit: number },
): Promise<ListenedSource[]> {
  const rows = await db.$queryRaw<Columns[]>`
    SELECT id, handle, options, sealed_secret, seal_key_id, external_id FROM source_account AS source
    WHERE kind = ${kind}::source_kind AND status = 'active' AND stop_code IS NULL
      AND (monthly_reads IS NULL OR monthly_reads > (
        SELECT COALESCE(SUM(reads), 0) FROM source_day
        WHERE source_account_id = source.id
          AND day >= date_trunc('month', ${new Date(now)} AT TIME ZONE 'UTC')::date
      ))
    ORDER BY id LIMIT ${limit}`;
  return rows.map(({ id, handle, options, sealed_secret: sealed, seal_key_id: sealKeyId, external_id }) => ({
    id,
    handle,
    options,
    secret: sealed && sealKeyId !== null ? { sealed, sealKeyId } : null,
    externalId: external_id,
  }));
}

/** Notes that sources are heard: an error of before is over. */
export async function noteHeard(
  db: DatabaseOrTransaction,
  ids: readonly string[],
  at: number,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    await recordRecoveries(tx, ids);
    await tx.sourceAccount.updateMany({
      where: { id: { in: [...ids] } },
      data: { polledAt: new Date(at), failures: 0, failingSince: null, lastError: null },
    });
  });
}

export interface ListenFailure {
  error: string;
  at: number;
  /** When listening begins anew, in epoch ms. */
  nextAt: number;
  /** Given for a refusal that stops the sources. */
  stopCode: string | null;
}

/** Notes that sources are not heard, and why. */
export async function noteUnheard(
  db: DatabaseOrTransaction,
  ids: readonly string[],
  { error, at, nextAt, stopCode }: ListenFailure,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    await tx.$executeRaw`
      UPDATE source_account SET
        failures = failures + 1, failing_since = COALESCE(failing_since, ${new Date(at)}), last_error = ${error},
        next_poll_at = ${new Date(nextAt)}, stop_code = ${stopCode}
      WHERE id = ANY(${[...ids]}::uuid[])`;
    await recordOutages(tx, ids, at);
  });
}

/** Notes what a source calls itself. */
export async function storeIdentity(
  db: DatabaseOrTransaction,
  id: string,
  identity: { externalId?: string; title?: string },
): Promise<void> {
  await db.sourceAccount.update({ where: { id }, data: identity });
}

/** Makes sources due now, except those that are not asked after a failure. */
export async function makeDue(db: DatabaseOrTransaction, ids: readonly string[], now: number): Promise<void> {
  const at = new Date(now);
  await db.sourceAccount.updateMany({
    where: { id: { in: [...ids] }, failures: 0, nextPollAt: { gt: at } },
    data: { nextPollAt: at },
  });
}
