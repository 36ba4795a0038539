import type { Performance } from '#domain/metrics/performance.ts';
import { WINDOW_NAMES, type WindowName } from '#domain/metrics/windows.ts';
import type { DatabaseOrTransaction, Transaction } from '../client.ts';
import { fromJson } from './json.ts';
import { ms } from './rows.ts';

/** The numbers of an agent over a window: at a venue, or (empty) at all. */
export interface Card {
  agentId: string;
  venue: string;
  windowName: WindowName;
  numbers: Performance;
}

/** Notes every agent whose numbers are of an earlier day than the one that starts at `day`, epoch ms. */
export const noteNewDay = (db: DatabaseOrTransaction, day: number): Promise<number> =>
  db.$executeRaw`
    INSERT INTO agent_change (agent_id)
    SELECT DISTINCT agent_id FROM agent_card WHERE day < (${new Date(day)}::timestamptz AT TIME ZONE 'UTC')::date
    ON CONFLICT DO NOTHING`;

/** Takes agents whose numbers are to be computed anew. One noted after that stays for the next call. */
export async function takeAgentChanges(tx: Transaction, limit: number): Promise<string[]> {
  const rows = await tx.$queryRaw<{ agent_id: string }[]>`
    DELETE FROM agent_change WHERE agent_id IN (
      SELECT agent_id FROM agent_change ORDER BY agent_id LIMIT ${limit} FOR UPDATE SKIP LOCKED
    ) RETURNING agent_id::text`;
  return rows.map((row) => row.agent_id);
}

/** Replaces the numbers of agents, as of the day that starts at `day`. */
export async function saveCards(
  tx: Transaction,
  agentIds: readonly string[],
  cards: readonly Card[],
  { day, now }: { day: number; now: number },
): Promise<void> {
  await tx.$executeRaw`DELETE FROM agent_card WHERE agent_id = ANY(${agentIds}::uuid[])`;
  await tx.$executeRaw`
    INSERT INTO agent_card (agent_id, venue, window_name, day, numbers, computed_at)
    SELECT "agentId", venue, "windowName", (${new Date(day)}::timestamptz AT TIME ZONE 'UTC')::date, numbers,
      ${new Date(now)}
    FROM jsonb_to_recordset(${JSON.stringify(cards)}::jsonb)
      AS told("agentId" uuid, venue text, "windowName" text, numbers jsonb)`;
}

/** An agent on the leaderboard. */
export interface ListedAgent {
  agentId: string;
  name: string;
  createdAt: number;
  computedAt: number;
  numbers: Performance;
}

/** Returns every published agent that has not been archived, with its numbers over a window. */
export async function listPublished(
  db: DatabaseOrTransaction,
  { windowName, venue }: Pick<Card, 'windowName' | 'venue'>,
): Promise<ListedAgent[]> {
  const rows = await db.agentCard.findMany({
    where: { windowName, venue, agent: { isPublished: true, status: { not: 'archived' } } },
    select: {
      agentId: true,
      numbers: true,
      computedAt: true,
      agent: { select: { name: true, createdAt: true } },
    },
  });
  return rows.map(({ agentId, numbers, computedAt, agent: { name, createdAt } }) => ({
    agentId,
    name,
    createdAt: ms(createdAt),
    computedAt: ms(computedAt),
    numbers: fromJson<Performance>(numbers),
  }));
}

/** Returns the numbers of an agent by venue and window; none before its first trade. */
export async function listCards(
  db: DatabaseOrTransaction,
  agentId: string,
): Promise<(Card & { computedAt: number })[]> {
  const rows = await db.agentCard.findMany({ where: { agentId } });
  return rows.flatMap(({ venue, windowName, numbers, computedAt }) => {
    const name = WINDOW_NAMES.find((each) => each === windowName);
    if (!name) return [];
    return [
      {
        agentId,
        venue,
        windowName: name,
        numbers: fromJson<Performance>(numbers),
        computedAt: ms(computedAt),
      },
    ];
  });
}
