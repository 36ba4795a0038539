// The latest call of each agent for a symbol and side: one row each, which decides whether a call is made again.
import type { Side } from '#domain/ids.ts';
import { LASTING_REFUSALS } from '#domain/reasons.ts';
import { CALL_WINDOW_MS } from '#domain/signal.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';

/** A call: `agentId`, `symbol` and `side` make two calls alike; `calledAt` is epoch ms. */
export interface Call {
  agentId: string;
  symbol: string;
  side: string;
  calledAt: number;
}

/**
 * Part of a statement: writes the call down as the latest, and returns no row when an earlier one counts. An earlier
 * call counts for six hours, unless no deployment traded it for a reason that can pass. The row is locked, so of
 * statements that make a call at once one wins; the others see that row and not the winner's trades, and lose. With
 * `isAgain` no earlier call counts: a person wants the call made once more.
 */
export const claimCall = (
  signalId: string,
  { agentId, symbol, side, calledAt }: Call,
  isAgain: boolean,
): Prisma.Sql =>
  Prisma.sql`
    INSERT INTO latest_call AS latest (agent_id, symbol, side, called_at, signal_id)
    VALUES (${agentId}::uuid, ${symbol}, ${side}::side, ${new Date(calledAt)}, ${signalId}::uuid)
    ON CONFLICT (agent_id, symbol, side) DO UPDATE
    SET called_at = excluded.called_at, signal_id = excluded.signal_id
    WHERE ${isAgain}::boolean OR ${countsNoMore(Prisma.sql`excluded.called_at`)}
    RETURNING signal_id`;

/** The latest call does not stand against one that is made at `calledAt`. */
const countsNoMore = (calledAt: Prisma.Sql): Prisma.Sql => Prisma.sql`
  (${calledAt} >= latest.called_at + ${CALL_WINDOW_MS}::float8 * interval '1 millisecond'
    OR (${calledAt} >= latest.called_at AND ${wasOnlyRefusedForNow}))`;

/** Returns the id of the signal that stands against a call, or null; `claimCall` decides by the one condition. */
export async function findCallAgainst(
  db: DatabaseOrTransaction,
  { agentId, symbol, side, calledAt }: Call,
): Promise<string | null> {
  const [row] = await db.$queryRaw<{ signalId: string }[]>`
    SELECT signal_id::text AS "signalId" FROM latest_call AS latest
    WHERE agent_id = ${agentId}::uuid AND symbol = ${symbol} AND side = ${side}::side
      AND NOT ${countsNoMore(Prisma.sql`${new Date(calledAt)}::timestamptz`)}`;
  return row?.signalId ?? null;
}

/**
 * Every deployment has its refusal, each for a reason that can pass, and nothing was begun that was not refused. An
 * entry that a venue has taken may yet open a position, whatever it said of it later.
 */
const wasOnlyRefusedForNow = Prisma.sql`
  EXISTS (SELECT FROM signal WHERE id = latest.signal_id AND fanned_out_at IS NOT NULL)
  AND NOT EXISTS (SELECT FROM trade WHERE trade.signal_id = latest.signal_id AND phase <> 'skipped')
  AND NOT EXISTS (SELECT FROM trade JOIN "order" AS entry ON entry.trade_id = trade.id AND leg = 'entry'
    WHERE trade.signal_id = latest.signal_id
      AND (entry.venue_order_id IS NOT NULL OR entry.status NOT IN ('canceled', 'rejected')))
  AND NOT EXISTS (SELECT FROM skipped_signal AS skip WHERE skip.signal_id = latest.signal_id
    AND code = ANY(${LASTING_REFUSALS}::text[]))
  AND NOT EXISTS (SELECT FROM agent_deployment AS deployment
    WHERE deployment.agent_id = latest.agent_id AND status <> 'archived'
      AND created_at <= (SELECT fanned_out_at FROM signal WHERE id = latest.signal_id)
      AND NOT EXISTS (SELECT FROM skipped_signal AS skip
        WHERE skip.signal_id = latest.signal_id AND skip.deployment_id = deployment.id))`;

/** The signal of the latest call like this one. Throws when there is none. */
export async function readLatestCall(
  db: DatabaseOrTransaction,
  { agentId, symbol, side }: { agentId: string; symbol: string; side: Side },
): Promise<{ id: string; createdAt: Date }> {
  const { signal } = await db.latestCall.findUniqueOrThrow({
    where: { agentId_symbol_side: { agentId, symbol, side } },
    select: { signal: { select: { id: true, createdAt: true } } },
  });
  return signal;
}
