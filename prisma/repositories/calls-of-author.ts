import { asId, type AgentId, type Side, type Symbol } from '#domain/ids.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';

/** A call of an author that may still open trades. */
export interface StandingCall {
  /** `signal`: it has not expired. `turning`: it is held until trades against it are flat. */
  is: 'signal' | 'turning';
  id: string;
  messageId: string;
  agentId: AgentId;
  symbol: Symbol;
  side: Side;
}

/** SQL: `origin` is an earlier message of the author of `post`, from the source of `post`. */
export const IS_EARLIER_OF_AUTHOR = Prisma.sql`
  origin.source_account_id = post.source_account_id AND origin.id <> post.id AND origin.posted_at <= post.posted_at
  AND CASE WHEN origin.author_id IS NULL OR post.author_id IS NULL THEN origin.author = post.author
    ELSE origin.author_id = post.author_id END`;

/** A signal expires a day after it was made at the latest. */
const MADE_WITHIN_MS = 2 * 24 * 3_600_000;

/**
 * Returns the calls of agents on earlier messages of the author of a message that may still open trades, and locks them
 * until the transaction ends. An entry on one of them that is just being decided is awaited, and a later one sees what
 * became of the call; so a list of trades that is read after this one is complete.
 */
export async function lockStandingCalls(
  tx: DatabaseOrTransaction,
  messageId: string,
  { agentIds, now }: { agentIds: readonly AgentId[]; now: number },
): Promise<StandingCall[]> {
  if (agentIds.length === 0) return [];
  const signals = await tx.$queryRaw<Columns[]>`
    SELECT 'signal' AS "is", signal.id, origin.id AS "messageId", agent_id AS "agentId", symbol, side::text
    FROM source_message AS post JOIN source_message AS origin ON ${IS_EARLIER_OF_AUTHOR}
      JOIN signal ON signal.message_id = origin.id
    WHERE post.id = ${messageId}::uuid AND agent_id = ANY(${agentIds}::uuid[])
      AND signal.created_at > ${new Date(now - MADE_WITHIN_MS)} AND expires_at > ${new Date(now)}
    ORDER BY signal.id FOR NO KEY UPDATE OF signal`;
  const turning = await tx.$queryRaw<Columns[]>`
    SELECT 'turning' AS "is", held_call.id, origin.id AS "messageId", agent_id AS "agentId", symbol, side::text
    FROM source_message AS post JOIN source_message AS origin ON ${IS_EARLIER_OF_AUTHOR}
      JOIN held_call ON held_call.message_id = origin.id
    WHERE post.id = ${messageId}::uuid AND agent_id = ANY(${agentIds}::uuid[])
      AND ended_at IS NULL AND until ->> 'kind' = 'flat'
    ORDER BY held_call.id FOR NO KEY UPDATE OF held_call`;
  return [...signals, ...turning].map((row) => ({ ...row, agentId: asId<AgentId>(row.agentId) }));
}

interface Columns extends Omit<StandingCall, 'agentId'> {
  agentId: string;
}

/** Ends the time of calls, so that nothing more is opened on them. */
export async function endStandingCalls(
  db: DatabaseOrTransaction,
  calls: readonly StandingCall[],
  now: number,
): Promise<void> {
  const idsOf = (kind: StandingCall['is']) => calls.flatMap(({ is, id }) => (is === kind ? [id] : []));
  const at = new Date(now);
  await db.signal.updateMany({ where: { id: { in: idsOf('signal') } }, data: { expiresAt: at } });
  await db.heldCall.updateMany({ where: { id: { in: idsOf('turning') } }, data: { endedAt: at } });
}
