import { Prisma } from '../generated/client.ts';

/** An entry, in SQL. */
interface EntrySql {
  tradeId: Prisma.Sql;
  deploymentId: string;
  symbol: Prisma.Sql;
}

/**
 * Returns what bounds an entry (domain/brakes/entry-bounds.ts `EntryBounds`) as an expression; null when nothing does.
 * Whether anything may is told in place, because a call of the function costs more than that.
 */
export const entryBounds = ({ tradeId, deploymentId, symbol }: EntrySql): Prisma.Sql => Prisma.sql`
  CASE WHEN EXISTS (SELECT FROM entry_brake WHERE released_at IS NULL) OR ${isLimited(deploymentId)}
      OR ${isSystemLimited}
    THEN entry_bounds(${tradeId}, ${deploymentId}::uuid, ${symbol}) END`;

/**
 * Returns the tables `account_turn`, `deployment_turn` and `turn` of a statement: it waits until it is its turn among
 * the entries of the account, and among those that share limits. Always in this order, so that no two entries wait for
 * each other.
 */
export const entryTurn = (account: string, deploymentId: string): Prisma.Sql => Prisma.sql`
  account_turn AS MATERIALIZED (
    SELECT pg_advisory_xact_lock(hashtextextended(${`account room/${account}`}, 0))
  ), deployment_turn AS MATERIALIZED (
    SELECT CASE WHEN ${isLimited(deploymentId)}
      THEN pg_advisory_xact_lock(hashtextextended(${`entry limits/${deploymentId}`}, 0))::text END
    FROM account_turn
  ), turn AS MATERIALIZED (
    SELECT CASE WHEN ${isSystemLimited}
      THEN pg_advisory_xact_lock(hashtextextended('entry limits', 0))::text END
    FROM deployment_turn
  )`;

const isLimited = (deploymentId: string): Prisma.Sql => Prisma.sql`
  EXISTS (SELECT FROM agent_deployment WHERE id = ${deploymentId}::uuid AND entry_limits <> '{}')`;

const isSystemLimited = Prisma.sql`EXISTS (SELECT FROM system_limits WHERE entry_limits <> '{}')`;
