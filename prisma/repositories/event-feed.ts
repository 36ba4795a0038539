import type { VenueName } from '#domain/ids.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { fromJson } from './json.ts';

/**
 * A place in the outbox. Events are read in the order of their transactions, and only those of transactions that
 * began before every one of this database that still runs: an event that is committed late is never passed over.
 */
export interface EventCursor {
  tx: bigint;
  id: bigint;
}

/** An event of a trade or of the system. */
export interface FeedEvent extends EventCursor {
  type: string;
  text: string;
  data: Record<string, unknown>;
  /** Epoch ms. */
  at: number;
  tradeId: string | null;
  symbol: string | null;
  venue: VenueName | null;
  agent: string | null;
  deploymentId: string | null;
  /** The users whom it concerns; null for everybody. */
  userIds: string[] | null;
}

interface Row extends Omit<FeedEvent, 'data'> {
  data: unknown;
}

/** Returns the place behind everything that has been committed. */
export async function readFeedEnd(db: DatabaseOrTransaction): Promise<EventCursor> {
  return { tx: await readHorizon(db), id: 0n };
}

/** Ids of transactions in the server's list of processes are the lower half of the whole ones. */
const HALF = 4_294_967_296n;

/**
 * Returns an id below which every transaction of this database has ended; to be read before the events are. Those of
 * other databases, which a snapshot waits for too, write no events. Where the server hides what others of this database
 * do, it is that of the snapshot.
 */
async function readHorizon(db: DatabaseOrTransaction): Promise<bigint> {
  const [row] = await db.$queryRaw<
    { oldest: bigint; next: bigint; running: bigint[] | null; isHidden: boolean }[]
  >`
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS oldest,
      pg_snapshot_xmax(pg_current_snapshot())::text::bigint AS next,
      array_agg(backend_xid::text::bigint) FILTER (WHERE backend_xid IS NOT NULL) AS running,
      coalesce(bool_or(query = '<insufficient privilege>'), true) AS "isHidden"
    FROM pg_stat_activity WHERE datname = current_database()`;
  if (!row) return 0n;
  if (row.isHidden) return row.oldest;
  const running = (row.running ?? []).map((id) => row.next - BigInt.asIntN(32, (row.next - id) % HALF));
  return running.reduce((least, id) => (id < least ? id : least), row.next);
}

/**
 * Returns the events behind a place, oldest first. A cursor that is ahead of the database, as after it was moved to
 * another server, reads nothing: compare it with {@link readFeedEnd}.
 */
export async function readEvents(
  db: DatabaseOrTransaction,
  { after, limit }: { after: EventCursor; limit: number },
): Promise<FeedEvent[]> {
  const horizon = await readHorizon(db);
  const isNext = Prisma.sql`(event.tx, event.id) > (${after.tx}::bigint, ${after.id}::bigint)
      AND event.tx < ${horizon}::bigint
    ORDER BY event.tx, event.id LIMIT ${limit}`;
  const rows = await db.$queryRaw<Row[]>`
    (SELECT event.tx, event.id, type, text, data, ${EPOCH_MS} AS at, trade.id::text AS "tradeId", trade.symbol,
      trade.venue::text AS venue, agent.name AS agent, deployment.id::text AS "deploymentId",
      ARRAY[deployment.user_id::text] AS "userIds"
    FROM trade_event AS event JOIN trade ON trade.id = event.trade_id
      JOIN agent_deployment AS deployment ON deployment.id = trade.deployment_id
      JOIN agent ON agent.id = deployment.agent_id
    WHERE ${isNext})
    UNION ALL
    (SELECT event.tx, event.id, type, text, data, ${EPOCH_MS} AS at, NULL, NULL, event.venue::text,
      (SELECT name FROM agent WHERE agent.id = event.agent_id), event.deployment_id::text, ${CONCERNED} AS "userIds"
    FROM system_event AS event WHERE ${isNext})
    ORDER BY tx, id LIMIT ${limit}`;
  return rows.map((row) => ({ ...row, data: fromJson<Record<string, unknown>>(row.data) }));
}

const EPOCH_MS = Prisma.sql`(extract(epoch FROM event.at) * 1000)::float8`;

/** The users whom an event of the system concerns: who owns or deploys what it names. */
const CONCERNED = Prisma.sql`CASE
    WHEN event.user_id IS NOT NULL THEN ARRAY[event.user_id::text]
    WHEN event.deployment_id IS NOT NULL THEN ARRAY(
      SELECT user_id::text FROM agent_deployment WHERE id = event.deployment_id)
    WHEN event.agent_id IS NOT NULL THEN ARRAY(
      SELECT owner_id::text FROM agent WHERE id = event.agent_id
      UNION SELECT user_id::text FROM agent_deployment WHERE agent_id = event.agent_id AND status <> 'archived')
    WHEN event.source_account_id IS NOT NULL THEN ARRAY(
      SELECT DISTINCT owner_id::text FROM agent_source JOIN agent ON agent.id = agent_source.agent_id
      WHERE source_account_id = event.source_account_id)
  END`;
