import type { DatabaseOrTransaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';

/**
 * Which rows a user sees, table by table. A trade, a bill and a deployment belong to the user of the deployment, an
 * agent to its owner; a signal is seen by the owner of its agent and by those who deploy that agent. Sources are the
 * installation's, seen by all who may make agents.
 */

/** Whose rows are read: one user's, or all when left out. */
export interface OfUser {
  ofUser?: string | undefined;
}

/** Returns the condition for deployments of a user. */
export const deploymentOf = ({ ofUser }: OfUser): Prisma.AgentDeploymentWhereInput =>
  ofUser === undefined ? {} : { userId: ofUser };

/** Returns the condition for rows that name a deployment of a user. */
export const ofDeployment = ({ ofUser }: OfUser): { deployment?: { userId: string } } =>
  ofUser === undefined ? {} : { deployment: { userId: ofUser } };

/** Returns the condition for agents whose signals a user sees. */
export const heardBy = (ofUser: string): Prisma.AgentWhereInput => ({
  OR: [{ ownerId: ofUser }, { deployments: { some: { userId: ofUser } } }],
});

/** Tables whose rows a person may name by a part of their id. */
export type NamedTable =
  | 'trade'
  | 'signal'
  | 'source_message'
  | 'agent'
  | 'agent_deployment'
  | 'source_account'
  | 'entry_brake';

/** How far a reader sees: rows of one user, and with `published` the agents that others have published. */
export interface Sight extends OfUser {
  published?: boolean;
}

const OWN_DEPLOYMENTS = (user: string) =>
  Prisma.sql`(SELECT id FROM agent_deployment WHERE user_id = ${user}::uuid)`;
const OWN_AGENTS = (user: string) => Prisma.sql`(SELECT id FROM agent WHERE owner_id = ${user}::uuid)`;

/** Conditions for the rows of each table that a user sees; those of messages and sources are roles of routes. */
const VISIBLE: Record<NamedTable, (user: string, published: boolean) => Prisma.Sql> = {
  agent: (user, published) => Prisma.sql`(owner_id = ${user}::uuid OR (${published} AND is_published))`,
  agent_deployment: (user) => Prisma.sql`user_id = ${user}::uuid`,
  trade: (user) => Prisma.sql`deployment_id IN ${OWN_DEPLOYMENTS(user)}`,
  signal: (user) => Prisma.sql`(agent_id IN ${OWN_AGENTS(user)}
    OR agent_id IN (SELECT agent_id FROM agent_deployment WHERE user_id = ${user}::uuid))`,
  entry_brake: (user) => Prisma.sql`(scope IN ('system', 'venue') OR deployment_id IN ${OWN_DEPLOYMENTS(user)}
    OR agent_id IN ${OWN_AGENTS(user)}
    OR agent_id IN (SELECT agent_id FROM agent_deployment WHERE user_id = ${user}::uuid))`,
  source_account: () => Prisma.sql`true`,
  source_message: () => Prisma.sql`false`,
};

const visible = (table: NamedTable, { ofUser, published = false }: Sight): Prisma.Sql =>
  ofUser === undefined ? Prisma.sql`true` : VISIBLE[table](ofUser, published);

/**
 * Returns ids of a table that end (or begin) with `part` and that the reader sees, at most two: enough to tell one from
 * several. Ends win over beginnings, which rows made at one time share.
 */
export async function findIds(
  db: DatabaseOrTransaction,
  table: NamedTable,
  part: string,
  sight: Sight = {},
): Promise<string[]> {
  const rows = await db.$queryRaw<{ id: string; ends: boolean }[]>`
    SELECT id::text, right(id::text, length(${part})) = ${part} AS ends FROM ${Prisma.raw(table)}
    WHERE (right(id::text, length(${part})) = ${part} OR left(id::text, length(${part})) = ${part})
      AND ${visible(table, sight)}
    ORDER BY ends DESC, id LIMIT 2`;
  const ending = rows.filter(({ ends }) => ends);
  return (ending.length > 0 ? ending : rows).map(({ id }) => id);
}

/** Returns whether a reader sees the row with a whole id. */
export async function isVisible(
  db: DatabaseOrTransaction,
  table: NamedTable,
  id: string,
  sight: Sight,
): Promise<boolean> {
  const rows = await db.$queryRaw<unknown[]>`
    SELECT 1 FROM ${Prisma.raw(table)} WHERE id = ${id}::uuid AND ${visible(table, sight)}`;
  return rows.length > 0;
}
