import type { Side } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import { ENDED_PHASES } from '#domain/trade-phases.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { asPlainJson, fromJson } from './json.ts';
import { ms, msOrNull } from './rows.ts';
import type { SignalDraft } from './signals.ts';
import type { OfUser } from './visible-rows.ts';

/**
 * What a held call waits for: that trades are flat, or that the price is at a level or beyond it. `reachedAt` is when the
 * price was seen there first, epoch ms.
 */
export type HeldUntil =
  | { kind: 'flat'; tradeIds: string[] }
  | { kind: 'price'; from: 'above' | 'below'; price: DecimalString; reachedAt?: number };

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

/** Returns the ids of held calls that wait until trades are flat, or whose price is there, oldest first. */
export async function listHeldCallIds(db: DatabaseOrTransaction, limit: number): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM held_call
    WHERE ended_at IS NULL AND (until ->> 'kind' = 'flat' OR until ->> 'reachedAt' IS NOT NULL)
    ORDER BY created_at LIMIT ${limit}`;
  return rows.map(({ id }) => id);
}

/** Most calls that wait for a price at a time; later ones wait for their turn. */
const MOST_WAITING = 1_000;

/**
 * Notes of held calls whose price is there that it was seen. Returns their ids, and those of calls whose time is over.
 * `prices` is asked only while any call waits.
 */
export async function markReached(
  db: DatabaseOrTransaction,
  { prices, now }: { prices: () => Promise<ReadonlyMap<string, DecimalString>>; now: number },
): Promise<string[]> {
  const waiting = await listWaiting(db);
  if (waiting.length === 0) return [];
  const latest = await prices();
  const over = waiting.filter(({ expiresAt }) => expiresAt.getTime() <= now);
  const there = waiting.filter((each) => !over.includes(each) && isThere(each, latest.get(each.symbol)));
  if (there.length > 0)
    await db.$executeRaw`
      UPDATE held_call SET until = until || ${JSON.stringify({ reachedAt: now })}::jsonb
      WHERE id = ANY(${there.map(({ id }) => id)}::uuid[]) AND until ->> 'reachedAt' IS NULL`;
  return [...there, ...over].map(({ id }) => id);
}

interface WaitingCall {
  id: string;
  symbol: string;
  from: string;
  price: string;
  expiresAt: Date;
}

const listWaiting = (db: DatabaseOrTransaction): Promise<WaitingCall[]> => db.$queryRaw<WaitingCall[]>`
  SELECT id, symbol, until ->> 'from' AS "from", until ->> 'price' AS price, expires_at AS "expiresAt"
  FROM held_call
  WHERE ended_at IS NULL AND until ->> 'kind' = 'price' AND until ->> 'reachedAt' IS NULL
  ORDER BY created_at LIMIT ${MOST_WAITING}`;

function isThere({ from, price }: WaitingCall, latest: DecimalString | undefined): boolean {
  if (latest === undefined) return false;
  return from === 'above' ? Number(latest) >= Number(price) : Number(latest) <= Number(price);
}

/** A held call that has not ended, for people. */
export interface HeldCallView {
  id: string;
  agentId: string;
  messageId: string;
  symbol: string;
  side: Side;
  until: HeldUntil;
  expiresAt: number;
  createdAt: number;
}

/** Returns calls that are held, newest first; `after` is the id of the last of the page before. */
export async function listHeldCalls(
  db: DatabaseOrTransaction,
  { limit, after, ofUser }: { limit: number; after?: string } & OfUser,
): Promise<HeldCallView[]> {
  const rows = await db.heldCall.findMany({
    where: {
      endedAt: null,
      ...(ofUser !== undefined && { agent: { ownerId: ofUser } }),
      ...(after === undefined ? {} : { id: { lt: after } }),
    },
    orderBy: { id: 'desc' },
    take: limit,
  });
  return rows.map(({ id, agentId, messageId, symbol, side, until, expiresAt, createdAt }) => ({
    id,
    agentId,
    messageId,
    symbol,
    side,
    until: fromJson<HeldUntil>(until),
    expiresAt: ms(expiresAt),
    createdAt: ms(createdAt),
  }));
}

/** Returns whether all trades have ended, or hold nothing any more. */
export async function areFlat(db: DatabaseOrTransaction, tradeIds: readonly string[]): Promise<boolean> {
  const where = { id: { in: [...tradeIds] }, phase: { notIn: [...ENDED_PHASES, 'settling' as const] } };
  return (await db.trade.count({ where })) === 0;
}
