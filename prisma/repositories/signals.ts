import { randomUUID } from 'node:crypto';
import type { Barriers } from '#domain/barriers.ts';
import { asId, type AgentId, type Side, type SignalId, type Symbol } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import { refusal } from '#domain/reasons.ts';
import { signalBucket, type RequestedVenue } from '#domain/signal.ts';
import type { SizeModel } from '#domain/sizing.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import type { Signal as Row } from '../generated/client.ts';
import { asJson, fromJson } from './json.ts';
import { ms, msOrNull, textOrNull } from './rows.ts';
import { recordSkip, skipSubjects } from './skipped-signals.ts';

export interface SignalDraft {
  agentId: string;
  symbol: Symbol;
  side: Side;
  origin: 'message' | 'manual' | 'webhook' | 'adoption';
  /** The message it was made from. */
  messageId: string | null;
  /** 0 to 1. */
  confidence: number;
  sizeModel: SizeModel;
  barriers: Barriers;
  requestedVenue: RequestedVenue;
  /** As the author asks for it; null leaves it to the deployment. */
  leverage: number | null;
  referencePrice: DecimalString | null;
  maxDriftPct: number;
  /** When the call was made: decides the 6-hour bucket. */
  calledAt: number;
  expiresAt: number;
}

/** A signal as the books hold it. */
export interface SignalRow extends Omit<SignalDraft, 'calledAt' | 'agentId'> {
  id: SignalId;
  agentId: AgentId;
  bucket: number;
  createdAt: number;
  /** When every deployment had its trade started; null until then. */
  fannedOutAt: number | null;
}

export type CreatedSignal =
  | { created: true; signalId: SignalId }
  /** The agent has made this call in the bucket already; a skip says so. */
  | { created: false; duplicateOf: SignalId };

/**
 * Stores a signal unless its agent has one for the symbol and side in the same 6-hour bucket. A duplicate is
 * not an error: it is recorded as skipped with code `duplicate_signal`, once per message.
 */
export async function createSignal(db: DatabaseOrTransaction, draft: SignalDraft): Promise<CreatedSignal> {
  const bucket = new Date(signalBucket(draft.calledAt));
  const [row] = await db.signal.createManyAndReturn({
    data: [toData(draft, bucket)],
    skipDuplicates: true,
    select: { id: true },
  });
  if (row) return { created: true, signalId: asId(row.id) };
  const { agentId, symbol, side } = draft;
  const first = await db.signal.findUniqueOrThrow({
    where: { agentId_symbol_side_bucket: { agentId, symbol, side, bucket } },
    select: { id: true, createdAt: true },
  });
  await recordDuplicate(db, draft, first);
  return { created: false, duplicateOf: asId(first.id) };
}

function toData(draft: SignalDraft, bucket: Date) {
  const { calledAt: _calledAt, ...columns } = draft;
  return {
    ...columns,
    bucket,
    sizeModel: asJson(draft.sizeModel),
    barriers: asJson(draft.barriers),
    expiresAt: new Date(draft.expiresAt),
  };
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

export interface SignalFilter {
  limit: number;
  /** The id of the last signal of the page before. */
  after?: string;
  agentId?: string;
}

/** Signals, newest first. */
export async function listSignals(db: DatabaseOrTransaction, filter: SignalFilter): Promise<SignalRow[]> {
  const { limit, after, ...where } = filter;
  const rows = await db.signal.findMany({
    where: { ...where, ...(after === undefined ? {} : { id: { lt: after } }) },
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

/** The deployments of the signal's agent that have not been ended, in the order of their ids. */
export async function listSignalDeployments(
  db: DatabaseOrTransaction,
  signalId: string,
): Promise<{ id: string; status: 'active' | 'paused' }[]> {
  const rows = await db.agentDeployment.findMany({
    where: { agent: { signals: { some: { id: signalId } } }, status: { in: ['active', 'paused'] } },
    orderBy: { id: 'asc' },
    select: { id: true, status: true },
  });
  return rows.map(({ id, status }) => ({ id, status: status === 'active' ? 'active' : 'paused' }));
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
  referencePrice: textOrNull(row.referencePrice),
  maxDriftPct: row.maxDriftPct,
  bucket: ms(row.bucket),
  expiresAt: ms(row.expiresAt),
  createdAt: ms(row.createdAt),
  fannedOutAt: msOrNull(row.fannedOutAt),
});
