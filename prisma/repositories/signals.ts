import { randomUUID } from 'node:crypto';
import type { Barriers } from '#domain/barriers.ts';
import { asId, type AgentId, type Side, type SignalId, type Symbol } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import { refusal } from '#domain/reasons.ts';
import type { RequestedVenue, SignalOrigin } from '#domain/signal.ts';
import type { SizeModel } from '#domain/sizing.ts';
import { FULL_WEIGHT } from '#domain/weights.ts';
import { queryReady, type DatabaseOrTransaction } from '../client.ts';
import { Prisma, type Signal as Row } from '../generated/client.ts';
import { fromJson } from './json.ts';
import { claimCall, readLatestCall } from './latest-calls.ts';
import { ms, msOrNull, textOrNull, timeOrderedId } from './rows.ts';
import { SIGNAL_CHANNEL, writeSignalAnnouncement, type SignalAnnouncement } from './signal-announcements.ts';
import { recordSkip, skipSubjects } from './skipped-signals.ts';
import { heardBy, type OfUser } from './visible-rows.ts';

export interface SignalDraft {
  agentId: string;
  symbol: Symbol;
  side: Side;
  origin: SignalOrigin;
  /** The message it was made from. */
  messageId: string | null;
  /** 0 to 1. */
  confidence: number;
  sizeModel: SizeModel;
  barriers: Barriers;
  requestedVenue: RequestedVenue;
  /** As the author asks for it; null leaves it to the deployment. */
  leverage: number | null;
  /** Part of the size that is traded, in percent; all of it unless given. */
  weightPct?: number;
  referencePrice: DecimalString | null;
  maxDriftPct: number;
  /** When the call was made: no call like it is a signal in the six hours from then. */
  calledAt: number;
  expiresAt: number;
}

/** A stored signal. */
export interface SignalRow extends Omit<SignalDraft, 'calledAt' | 'agentId'> {
  id: SignalId;
  agentId: AgentId;
  weightPct: number;
  createdAt: number;
  /** When every deployment had its trade started; null until then. */
  fannedOutAt: number | null;
}

export type CreatedSignal =
  | { created: true; signalId: SignalId }
  /** The agent has made this call within six hours; a skip says so. */
  | { created: false; duplicateOf: SignalId };

/** Records that are written in the statement that inserts a new signal. */
export interface SignalNews {
  /** Who made it, for the audit log; absent for a signal of a message, which is its own record. */
  by?: string;
  /** The call is wanted although its agent made one like it within six hours. */
  isAgain?: boolean;
  /** Null when only the fan-out starts its trades. */
  announcement: Omit<SignalAnnouncement, 'signalId' | 'symbol' | 'side'> | null;
}

/**
 * Stores a signal unless its agent made the call within six hours (`claimCall` says which calls count). A duplicate
 * is not an error: it is recorded as skipped with code `duplicate_signal`, once per message.
 */
export async function createSignal(
  db: DatabaseOrTransaction,
  draft: SignalDraft,
  news?: SignalNews,
): Promise<CreatedSignal> {
  const id = asId<SignalId>(timeOrderedId(Date.now()));
  if (await insertSignal(db, id, draft, news)) return { created: true, signalId: id };
  const first = await readLatestCall(db, draft);
  await recordDuplicate(db, draft, first);
  return { created: false, duplicateOf: asId(first.id) };
}

/** Inserts a signal; returns false when a call like it exists. One statement, because the entry waits for it. */
async function insertSignal(
  db: DatabaseOrTransaction,
  id: SignalId,
  draft: SignalDraft,
  news?: SignalNews,
): Promise<boolean> {
  const audited = news?.by
    ? Prisma.sql`, audited AS (
        INSERT INTO audit_log (actor, action, subject, after)
        SELECT ${news.by}, 'signal.create', 'signal/' || id, ${JSON.stringify({ ...draft, isAgain: news.isAgain ?? false })}::jsonb FROM stored
      )`
    : Prisma.empty;
  const told = news?.announcement
    ? Prisma.sql`, pg_notify(${SIGNAL_CHANNEL}, ${writeSignalAnnouncement({ signalId: id, symbol: draft.symbol, side: draft.side, ...news.announcement })})::text`
    : Prisma.empty;
  const stored = await queryReady(
    db,
    Prisma.sql`
    WITH claimed AS (${claimCall(id, draft, news?.isAgain ?? false)}), stored AS (
      INSERT INTO signal (id, agent_id, symbol, side, origin, message_id, confidence, size_model, barriers,
        requested_venue, leverage, weight_pct, expires_at, reference_price, max_drift_pct)
      SELECT ${id}::uuid, ${draft.agentId}::uuid, ${draft.symbol}, ${draft.side}::side,
        ${draft.origin}::signal_origin, ${draft.messageId}::uuid, ${draft.confidence}::float8,
        ${JSON.stringify(draft.sizeModel)}::jsonb, ${JSON.stringify(draft.barriers)}::jsonb, ${draft.requestedVenue},
        ${draft.leverage}::int, ${draft.weightPct ?? FULL_WEIGHT}::int, ${new Date(draft.expiresAt)}, ${draft.referencePrice}::numeric,
        ${draft.maxDriftPct}::float8
      FROM claimed
      RETURNING id
    )${audited}
    SELECT id${told} FROM stored`,
  );
  return stored.length > 0;
}

const recordDuplicate = (
  db: DatabaseOrTransaction,
  draft: SignalDraft,
  first: { id: string; createdAt: Date },
): Promise<boolean> =>
  recordSkip(db, {
    // A call by hand has no id of its own, and each is worth its own row.
    subject: skipSubjects.duplicate(first.id, draft.messageId ?? randomUUID()),
    signalId: first.id,
    messageId: draft.messageId,
    ...refusal(
      'duplicate_signal',
      `${draft.symbol} ${draft.side} was signalled at ${first.createdAt.toISOString()} (signal ${first.id}).`,
    ),
  });

/** The signal, or null when there is none with this id. */
export async function readSignal(db: DatabaseOrTransaction, id: string): Promise<SignalRow | null> {
  const row = await db.signal.findUnique({ where: { id } });
  return row && toSignal(row);
}

export interface SignalFilter extends OfUser {
  limit: number;
  /** The id of the last signal of the page before. */
  after?: string;
  agentId?: string;
}

/** Signals, newest first. */
export async function listSignals(db: DatabaseOrTransaction, filter: SignalFilter): Promise<SignalRow[]> {
  const { limit, after, ofUser, ...where } = filter;
  const rows = await db.signal.findMany({
    where: {
      ...where,
      ...(ofUser !== undefined && { agent: heardBy(ofUser) }),
      ...(after === undefined ? {} : { id: { lt: after } }),
    },
    orderBy: { id: 'desc' },
    take: limit,
  });
  return rows.map(toSignal);
}

/** Signals whose fan-out has not run to its end, oldest first. */
export async function listUnsentSignalIds(db: DatabaseOrTransaction, limit: number): Promise<SignalId[]> {
  const rows = await db.signal.findMany({
    where: { fannedOutAt: null },
    orderBy: { createdAt: 'asc' },
    take: limit,
    select: { id: true },
  });
  return rows.map(({ id }) => asId<SignalId>(id));
}

/** Notes that every deployment has its trade; the first time counts. */
export async function markSignalFannedOut(db: DatabaseOrTransaction, id: string, at: number): Promise<void> {
  await db.signal.updateMany({ where: { id, fannedOutAt: null }, data: { fannedOutAt: new Date(at) } });
}

/** Returns whether every deployment has its trade. */
export async function isSignalFannedOut(db: DatabaseOrTransaction, id: string): Promise<boolean> {
  const row = await db.signal.findUnique({ where: { id }, select: { fannedOutAt: true } });
  return row !== null && row.fannedOutAt !== null;
}

const toSignal = (row: Row): SignalRow => ({
  id: asId(row.id),
  agentId: asId(row.agentId),
  symbol: row.symbol,
  side: row.side,
  origin: row.origin,
  messageId: row.messageId,
  confidence: row.confidence,
  sizeModel: fromJson<SizeModel>(row.sizeModel),
  barriers: fromJson<Barriers>(row.barriers),
  requestedVenue: fromJson<RequestedVenue>(row.requestedVenue),
  leverage: row.leverage,
  weightPct: row.weightPct,
  referencePrice: textOrNull(row.referencePrice),
  maxDriftPct: row.maxDriftPct,
  expiresAt: ms(row.expiresAt),
  createdAt: ms(row.createdAt),
  fannedOutAt: msOrNull(row.fannedOutAt),
});
