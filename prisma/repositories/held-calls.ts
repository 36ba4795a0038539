import { ENDED_PHASES } from '#domain/trade-phases.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { asPlainJson, fromJson } from './json.ts';
import { ms, msOrNull } from './rows.ts';
import type { SignalDraft } from './signals.ts';

/** What a held call waits for: that trades are flat. */
export interface HeldUntil {
  kind: 'flat';
  tradeIds: readonly string[];
}

/** A call that becomes a signal later. */
export interface HeldCallDraft {
  draft: SignalDraft & { messageId: string };
  until: HeldUntil;
  /** Epoch ms. */
  expiresAt: number;
}

export interface HeldCallRecord extends HeldCallDraft {
  id: string;
  endedAt: number | null;
}

/** Holds a call, once for each message, agent, symbol and side. Returns its id; null when it is held already. */
export async function holdCall(
  db: DatabaseOrTransaction,
  { draft, until, expiresAt }: HeldCallDraft,
): Promise<string | null> {
  const { messageId, agentId, symbol, side } = draft;
  const [row] = await db.heldCall.createManyAndReturn({
    data: [
      {
        messageId,
        agentId,
        symbol,
        side,
        draft: asPlainJson(draft),
        until: asPlainJson(until),
        expiresAt: new Date(expiresAt),
      },
    ],
    skipDuplicates: true,
    select: { id: true },
  });
  return row?.id ?? null;
}

/** Returns a held call, locked until the transaction ends; null when there is none with this id. */
export async function takeHeldCall(tx: DatabaseOrTransaction, id: string): Promise<HeldCallRecord | null> {
  await tx.$executeRaw`SELECT FROM held_call WHERE id = ${id}::uuid FOR UPDATE`;
  const row = await tx.heldCall.findUnique({ where: { id } });
  return (
    row && {
      id: row.id,
      draft: fromJson<HeldCallDraft['draft']>(row.draft),
      until: fromJson<HeldUntil>(row.until),
      expiresAt: ms(row.expiresAt),
      endedAt: msOrNull(row.endedAt),
    }
  );
}

/** Notes that a held call waits no more. */
export async function endHeldCall(tx: DatabaseOrTransaction, id: string, at: number): Promise<void> {
  await tx.heldCall.update({ where: { id }, data: { endedAt: new Date(at) } });
}

/** Returns the ids of held calls that still wait, oldest first. */
export async function listHeldCallIds(
  db: DatabaseOrTransaction,
  kind: HeldUntil['kind'],
  limit: number,
): Promise<string[]> {
  const rows = await db.heldCall.findMany({
    where: { endedAt: null, until: { path: ['kind'], equals: kind } },
    orderBy: { createdAt: 'asc' },
    take: limit,
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}

/** Returns whether all trades have ended, or hold nothing any more. */
export async function areFlat(db: DatabaseOrTransaction, tradeIds: readonly string[]): Promise<boolean> {
  const where = { id: { in: [...tradeIds] }, phase: { notIn: [...ENDED_PHASES, 'settling' as const] } };
  return (await db.trade.count({ where })) === 0;
}
