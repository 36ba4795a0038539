import type { Brake, BrakeCode, BrakeScope } from '#domain/brakes/brake.ts';
import type { TradeId, VenueName } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { fromJson } from './json.ts';
import { ms, msOrNull } from './rows.ts';
import { heardBy, type OfUser } from './visible-rows.ts';

/** The entries that a brake holds back: all of them, or those of the one part that is not null. */
export interface BrakeTarget {
  venue: VenueName | null;
  agentId: string | null;
  deploymentId: string | null;
}

/** A brake to be set. */
export interface BrakeDraft extends BrakeTarget {
  code: BrakeCode;
  reason: string;
  setBy: string;
  /** When it ends by itself, epoch ms; null when only a person ends it. */
  until: number | null;
}

export interface BrakeRecord extends BrakeDraft {
  id: string;
  scope: BrakeScope;
  agentName: string | null;
  setAt: number;
  releasedAt: number | null;
  /** Null while it is in force, and when it ended by itself. */
  releasedBy: string | null;
}

const PARTS = { agent: { select: { name: true } } } satisfies Prisma.EntryBrakeInclude;
type BrakeRow = Prisma.EntryBrakeGetPayload<{ include: typeof PARTS }>;

const toRecord = ({ agent, code, setAt, until, releasedAt, ...row }: BrakeRow): BrakeRecord => ({
  id: row.id,
  scope: row.scope,
  venue: row.venue,
  agentId: row.agentId,
  agentName: agent?.name ?? null,
  deploymentId: row.deploymentId,
  code: fromJson<BrakeCode>(code),
  reason: row.reason,
  setBy: row.setBy,
  setAt: ms(setAt),
  until: msOrNull(until),
  releasedAt: msOrNull(releasedAt),
  releasedBy: row.releasedBy,
});

/** Sets a brake and returns it; null when the brake of a limit is in force already. */
export async function insertBrake(
  db: DatabaseOrTransaction,
  { until, ...draft }: BrakeDraft,
): Promise<BrakeRecord | null> {
  const data = { ...draft, scope: scopeOf(draft), until: until === null ? null : new Date(until) };
  const [row] = await db.entryBrake.createManyAndReturn({
    data: [data],
    skipDuplicates: true,
    select: { id: true },
  });
  return row ? findBrake(db, row.id) : null;
}

/** Moves the end of a limit's brake that is in force to a later time. */
export async function extendBrake(
  db: DatabaseOrTransaction,
  { code, deploymentId, until }: Pick<BrakeDraft, 'code' | 'deploymentId' | 'until'>,
): Promise<void> {
  if (until === null) return;
  const end = new Date(until);
  await db.entryBrake.updateMany({
    where: { code, deploymentId, releasedAt: null, until: { lt: end } },
    data: { until: end },
  });
}

const scopeOf = ({ venue, agentId, deploymentId }: BrakeTarget): BrakeScope => {
  if (venue !== null) return 'venue';
  if (agentId !== null) return 'agent';
  return deploymentId === null ? 'system' : 'deployment';
};

/** Returns the brake; null when there is none with the id. */
export async function findBrake(db: DatabaseOrTransaction, id: string): Promise<BrakeRecord | null> {
  const row = await db.entryBrake.findUnique({ where: { id }, include: PARTS });
  return row && toRecord(row);
}

/** Returns brakes, newest first; with `inForceAt` (epoch ms) those in force then. `after` is the last id of the page before. */
export async function listBrakes(
  db: DatabaseOrTransaction,
  { limit, after, inForceAt, ofUser }: { limit: number; after?: string; inForceAt?: number } & OfUser,
): Promise<BrakeRecord[]> {
  const isAfter = after === undefined ? {} : { id: { lt: after } };
  const rows = await db.entryBrake.findMany({
    where: {
      ...isAfter,
      AND: [
        inForceAt === undefined ? {} : inForce(inForceAt),
        ofUser === undefined ? {} : concerning(ofUser),
      ],
    },
    orderBy: { id: 'desc' },
    take: limit,
    include: PARTS,
  });
  return rows.map(toRecord);
}

/** Brakes that hold back entries of a user: everybody's, a venue's, and those of own deployments and agents. */
const concerning = (ofUser: string): Prisma.EntryBrakeWhereInput => ({
  OR: [
    { scope: { in: ['system', 'venue'] } },
    { deployment: { userId: ofUser } },
    { agent: heardBy(ofUser) },
  ],
});

const inForce = (at: number): Prisma.EntryBrakeWhereInput => ({
  releasedAt: null,
  OR: [{ until: null }, { until: { gt: new Date(at) } }],
});

/** Returns every brake in force on the deployment of a trade, of whatever venue. */
export async function findBrakes(db: DatabaseOrTransaction, tradeId: TradeId): Promise<readonly Brake[]> {
  const [row] = await db.$queryRaw<{ brakes: Brake[] | null }[]>`
    SELECT jsonb_strip_nulls(brakes_in_force(deployment.id, deployment.agent_id)) AS brakes
    FROM trade JOIN agent_deployment AS deployment ON deployment.id = trade.deployment_id
    WHERE trade.id = ${tradeId}::uuid`;
  return row?.brakes ?? [];
}

/** Ends a brake; false when it has ended already. `openUsd` is the open profit of its deployments. */
export async function releaseBrake(
  db: DatabaseOrTransaction,
  id: string,
  { by, at, openUsd }: { by: string; at: number; openUsd: DecimalString },
): Promise<boolean> {
  const released = await db.entryBrake.updateMany({
    where: { id, ...inForce(at) },
    data: { releasedAt: new Date(at), releasedBy: by, releasedAtUsd: openUsd },
  });
  return released.count === 1;
}

/** Returns tables of a statement that marks brakes whose time has come as ended, each with its event. */
export const endedBrakes = (now: number): Prisma.Sql => Prisma.sql`
  ended AS (
    UPDATE entry_brake SET released_at = until WHERE released_at IS NULL AND until <= ${new Date(now)}
    RETURNING id, code, reason, venue, agent_id, deployment_id
  ), told AS (
    INSERT INTO system_event (key, type, text, data, venue, agent_id, deployment_id)
    SELECT 'brake_released/' || id, 'brake_released', 'Entries pass again: the time is over of a brake for: ' || reason,
      jsonb_build_object('brakeId', id, 'code', code, 'reason', reason), venue, agent_id, deployment_id
    FROM ended ON CONFLICT (key) DO NOTHING
  )`;
