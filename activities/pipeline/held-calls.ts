import { refusal, type Refusal } from '#domain/reasons.ts';
import type { Database, DatabaseOrTransaction } from '#prisma/client.ts';
import { areFlat, endHeldCall, takeHeldCall, type HeldCallRecord } from '#prisma/repositories/held-calls.ts';
import { createSignal } from '#prisma/repositories/signals.ts';
import { recordSkip, skipSubjects } from '#prisma/repositories/skipped-signals.ts';
import type { PipelineActivities } from '../contract.ts';

export interface HeldCallDeps {
  db: Database;
  now: () => number;
}

/** Returns the activity that makes held calls signals. */
export const createHeldCallActivities = (deps: HeldCallDeps): Pick<PipelineActivities, 'tryHeldCall'> => ({
  tryHeldCall: ({ heldCallId }) =>
    deps.db.$transaction((tx) => tryHeldCall(tx, deps, heldCallId), { timeout: 10_000, maxWait: 10_000 }),
});

type Tried = Awaited<ReturnType<PipelineActivities['tryHeldCall']>>;

/** The call ends, and its signal or skip is written, together or not at all. */
async function tryHeldCall(tx: DatabaseOrTransaction, deps: HeldCallDeps, id: string): Promise<Tried> {
  const held = await takeHeldCall(tx, id);
  if (held === null) return { is: 'ended', signalIds: [] };
  // An attempt whose answer was lost has made the signal: its fan-out is started once more.
  if (held.endedAt !== null) return { is: 'ended', signalIds: await listMade(tx, held) };
  const now = deps.now();
  if (now >= held.expiresAt) return skip(tx, held, now, refusal('stale', 'What it waited for has not come.'));
  if (!(await isThere(tx, held))) return { is: 'waiting', signalIds: [] };
  await endHeldCall(tx, id, now);
  const created = await createSignal(tx, asMadeAt(held, now));
  return { is: 'ended', signalIds: created.created ? [created.signalId] : [] };
}

async function skip(
  tx: DatabaseOrTransaction,
  { id, draft }: HeldCallRecord,
  now: number,
  { code, text }: Refusal,
): Promise<Tried> {
  await endHeldCall(tx, id, now);
  const { messageId, agentId, symbol, side } = draft;
  await recordSkip(tx, {
    subject: skipSubjects.idea(messageId, agentId, symbol, side),
    messageId,
    code,
    text,
  });
  return { is: 'ended', signalIds: [] };
}

const isThere = async (tx: DatabaseOrTransaction, { until }: HeldCallRecord): Promise<boolean> =>
  until.kind === 'flat' ? areFlat(tx, until.tradeIds) : until.reachedAt !== undefined;

/** A call that waited for its price is made when the price is there, and holds as long as any call from then on. */
function asMadeAt({ draft, until }: HeldCallRecord, now: number): HeldCallRecord['draft'] {
  if (until.kind === 'flat') return draft;
  return { ...draft, calledAt: now, expiresAt: now + (draft.expiresAt - draft.calledAt) };
}

async function listMade(tx: DatabaseOrTransaction, { draft }: HeldCallRecord): Promise<string[]> {
  const { messageId, agentId, symbol, side } = draft;
  const made = await tx.signal.findMany({
    where: { messageId, agentId, symbol, side, fannedOutAt: null },
    select: { id: true },
  });
  return made.map(({ id }) => id);
}
