import type { SourceKind } from '#domain/statuses.ts';
import { inTransaction, type DatabaseOrTransaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { fromJson } from './json.ts';
import { ms } from './rows.ts';
import { recordOutages, recordRecoveries } from './source-outages.ts';

/** A source that one process has for itself until a time, to poll it. */
export interface LeasedSource {
  id: string;
  kind: SourceKind;
  handle: string;
  options: object;
  secret: { sealKeyId: string; sealed: Uint8Array<ArrayBuffer> } | null;
  externalId: string | null;
  periodMs: number | null;
  monthlyReads: number | null;
  /** Opaque; null before the first poll. */
  cursor: unknown;
  isPrimed: boolean;
  failures: number;
  /** Names the lease: what is written under a lease that has passed on is not written. */
  leasedUntil: number;
}

/** How long a lease holds, in ms: longer than any poll takes, with the storing of what it brings. */
const LEASE_MS = 60_000;

export interface DueFilter {
  kind: SourceKind;
  now: number;
  limit: number;
}

/**
 * Takes sources of a kind that are due and that no process has, longest due first. Processes that take at once take
 * different ones.
 */
export async function leaseDueSources(
  db: DatabaseOrTransaction,
  { kind, now, limit }: DueFilter,
): Promise<LeasedSource[]> {
  const at = new Date(now);
  const rows = await db.$queryRaw<SourceAccountColumns[]>`
    UPDATE source_account SET leased_until = ${new Date(now + LEASE_MS)}
    WHERE id IN (
      SELECT id FROM source_account
      WHERE kind = ${kind}::source_kind AND status = 'active' AND stop_code IS NULL AND next_poll_at <= ${at}
        AND (leased_until IS NULL OR leased_until < ${at})
      ORDER BY next_poll_at LIMIT ${limit} FOR UPDATE SKIP LOCKED
    )
    RETURNING ${COLUMNS}`;
  return rows.map(toLeased);
}

/** Takes one source, due or not; null when it is not read now, `held` when another process has it. */
export async function leaseSource(
  db: DatabaseOrTransaction,
  id: string,
  now: number,
): Promise<LeasedSource | 'held' | null> {
  const at = new Date(now);
  const rows = await db.$queryRaw<SourceAccountColumns[]>`
    UPDATE source_account SET leased_until = ${new Date(now + LEASE_MS)}
    WHERE id = ${id}::uuid AND status = 'active' AND stop_code IS NULL
      AND (leased_until IS NULL OR leased_until < ${at})
    RETURNING ${COLUMNS}`;
  const [row] = rows;
  if (row) return toLeased(row);
  const held = await db.sourceAccount.count({
    where: { id, status: 'active', stopCode: null, leasedUntil: { gte: at } },
  });
  return held > 0 ? 'held' : null;
}

/** Returns when the next source of a kind that no process has is due, in epoch ms; null when there is none. */
export async function nextDueAt(
  db: DatabaseOrTransaction,
  kind: SourceKind,
  now: number,
): Promise<number | null> {
  const row = await db.sourceAccount.findFirst({
    where: {
      kind,
      status: 'active',
      stopCode: null,
      OR: [{ leasedUntil: null }, { leasedUntil: { lt: new Date(now) } }],
    },
    orderBy: { nextPollAt: 'asc' },
    select: { nextPollAt: true },
  });
  return row && ms(row.nextPollAt);
}

const COLUMNS = Prisma.sql`id, kind::text AS kind, handle, options, sealed_secret, seal_key_id, external_id, period_ms,
      monthly_reads, cursor, primed_at, failures, leased_until`;

interface SourceAccountColumns {
  id: string;
  kind: SourceKind;
  handle: string;
  options: object;
  sealed_secret: Uint8Array<ArrayBuffer> | null;
  seal_key_id: string | null;
  external_id: string | null;
  period_ms: number | null;
  monthly_reads: number | null;
  cursor: unknown;
  primed_at: Date | null;
  failures: number;
  leased_until: Date;
}

const toLeased = (row: SourceAccountColumns): LeasedSource => ({
  id: row.id,
  kind: row.kind,
  handle: row.handle,
  options: row.options,
  secret:
    row.sealed_secret && row.seal_key_id !== null
      ? { sealed: row.sealed_secret, sealKeyId: row.seal_key_id }
      : null,
  externalId: row.external_id,
  periodMs: row.period_ms,
  monthlyReads: row.monthly_reads,
  cursor: row.cursor,
  isPrimed: row.primed_at !== null,
  failures: row.failures,
  leasedUntil: ms(row.leased_until),
});

/** The lease of a source has passed to another process; what was polled under it is not stored. */
export class LeaseLostError extends Error {
  override name = 'LeaseLostError';
  readonly code = 'source_lease_lost';
}

export interface PollEnd {
  cursor: unknown;
  polledAt: number;
  nextPollAt: number;
  /** True once everything that was there at the first poll has been read. */
  isPrimed: boolean;
  identity?: { externalId?: string; title?: string };
}

/** Writes down how a poll ended that brought what the source has, and gives the source back. Throws `LeaseLostError`. */
export async function concludePoll(
  tx: DatabaseOrTransaction,
  { id, leasedUntil, isPrimed, failures }: Pick<LeasedSource, 'id' | 'leasedUntil' | 'isPrimed' | 'failures'>,
  end: PollEnd,
): Promise<void> {
  if (failures > 0) await recordRecoveries(tx, [id]);
  await updateLeased(
    tx,
    { id, leasedUntil },
    {
      ...(end.cursor !== null && { cursor: fromJson<Prisma.InputJsonValue>(end.cursor) }),
      ...(end.isPrimed && !isPrimed && { primedAt: new Date(end.polledAt) }),
      ...end.identity,
      polledAt: new Date(end.polledAt),
      nextPollAt: new Date(end.nextPollAt),
      failures: 0,
      failingSince: null,
      lastError: null,
      leasedUntil: null,
    },
  );
}

export interface PollFailure {
  error: string;
  failedAt: number;
  nextPollAt: number;
  /** Given for a refusal that stops the source. */
  stopCode: string | null;
}

/** Writes down that a poll failed, and when the source is asked again. Does nothing under a lease that was lost. */
export async function concludeFailedPoll(
  db: DatabaseOrTransaction,
  { id, leasedUntil }: Pick<LeasedSource, 'id' | 'leasedUntil'>,
  { error, failedAt, nextPollAt, stopCode }: PollFailure,
): Promise<void> {
  await inTransaction(db, async (tx) => {
    const isLeased = await tx.$executeRaw`
      UPDATE source_account SET
        failures = failures + 1, failing_since = COALESCE(failing_since, ${new Date(failedAt)}),
        last_error = ${error}, next_poll_at = ${new Date(nextPollAt)}, stop_code = ${stopCode}, leased_until = NULL
      WHERE id = ${id}::uuid AND leased_until = ${new Date(leasedUntil)}`;
    if (isLeased > 0) await recordOutages(tx, [id], failedAt);
  });
}

async function updateLeased(
  tx: DatabaseOrTransaction,
  { id, leasedUntil }: { id: string; leasedUntil: number },
  data: Prisma.SourceAccountUpdateManyMutationInput,
): Promise<void> {
  const { count } = await tx.sourceAccount.updateMany({
    where: { id, leasedUntil: new Date(leasedUntil) },
    data,
  });
  if (count === 0) throw new LeaseLostError(`the lease of source ${id} has passed on`);
}
