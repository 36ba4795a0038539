import type { EntryLimits } from '#domain/brakes/entry-limits.ts';
import type { VenueName } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { SizeModel } from '#domain/sizing.ts';
import type { KeyStatus, LifeStatus } from '#domain/statuses.ts';
import type { TradeSubject } from '#domain/trade-subject.ts';
import type { DatabaseOrTransaction, Transaction } from '../client.ts';
import type { Prisma } from '../generated/client.ts';
import { asJson, fromJson } from './json.ts';
import { ms, msOrNull, text } from './rows.ts';
import { deploymentOf, type OfUser } from './visible-rows.ts';

/** One user's subscription to an agent: the wallet that owns the funds and what it may risk. */
export interface DeploymentDraft {
  agentId: string;
  userId: string;
  /** Lower-case address. */
  walletAddress: string;
  maxLeverage: number;
  maxNotionalUsd: DecimalString;
  maxOpenPositions: number;
  sizeModel: SizeModel | null;
  trialEndsAt: number;
  /** Whether its trades are billed. */
  isBilled: boolean;
}

/** The key that trades for a deployment at a venue, without its key material. */
export interface TradingKeyView {
  venue: VenueName;
  address: string;
  status: KeyStatus;
  /** It signs the orders; a pending key that is not active waits to replace the one that does. */
  active: boolean;
  approvedAt: number | null;
  /** When the venue stops to accept it; null where the venue names no time. */
  validUntil: number | null;
  revokedAt: number | null;
}

export interface DeploymentRecord extends DeploymentDraft {
  id: string;
  agentName: string;
  status: LifeStatus;
  /** Further limits of its entries. */
  entryLimits: EntryLimits;
  /** Those that sign first, then the newest. */
  tradingKeys: TradingKeyView[];
  createdAt: number;
}

/** A new trading key, sealed, with the standing it starts with. */
export interface SealedTradingKey {
  venue: VenueName;
  address: string;
  sealed: Uint8Array<ArrayBuffer>;
  masterKeyId: string;
  status: 'pending' | 'approved';
}

const PARTS = {
  agent: { select: { name: true } },
  tradingKeys: {
    select: {
      venue: true,
      address: true,
      status: true,
      active: true,
      approvedAt: true,
      validUntil: true,
      revokedAt: true,
    },
    orderBy: [{ active: 'desc' }, { venue: 'asc' }, { createdAt: 'desc' }],
  },
} satisfies Prisma.AgentDeploymentInclude;
type DeploymentRow = Prisma.AgentDeploymentGetPayload<{ include: typeof PARTS }>;

const toKeyView = (row: DeploymentRow['tradingKeys'][number]): TradingKeyView => ({
  ...row,
  approvedAt: msOrNull(row.approvedAt),
  validUntil: msOrNull(row.validUntil),
  revokedAt: msOrNull(row.revokedAt),
});

const toRecord = (row: DeploymentRow): DeploymentRecord => ({
  id: row.id,
  agentId: row.agentId,
  agentName: row.agent.name,
  userId: row.userId,
  walletAddress: row.walletAddress,
  status: row.status,
  maxLeverage: row.maxLeverage,
  maxNotionalUsd: text(row.maxNotionalUsd),
  maxOpenPositions: row.maxOpenPositions,
  entryLimits: fromJson<EntryLimits>(row.entryLimits),
  sizeModel: fromJson<SizeModel | null>(row.sizeModel),
  trialEndsAt: ms(row.trialEndsAt),
  isBilled: row.isBilled,
  tradingKeys: row.tradingKeys.map(toKeyView),
  createdAt: ms(row.createdAt),
});

/**
 * Creates a deployment and the keys that trade for it. Runs in a transaction of the caller, since keys can
 * only be sealed for a deployment that has an id. Null when the agent already trades for the wallet.
 */
export async function createDeployment(
  tx: Transaction,
  draft: DeploymentDraft,
  sealFor: (deploymentId: string) => readonly SealedTradingKey[],
): Promise<DeploymentRecord | null> {
  const deploymentId = await insertDeployment(tx, draft);
  if (deploymentId === null) return null;
  const keys = sealFor(deploymentId);
  await tx.tradingKey.createMany({
    data: keys.map((key) => ({
      ...key,
      deploymentId,
      approvedAt: key.status === 'approved' ? new Date() : null,
    })),
  });
  return findDeployment(tx, deploymentId);
}

async function insertDeployment(tx: Transaction, draft: DeploymentDraft): Promise<string | null> {
  const { sizeModel, trialEndsAt, ...plain } = draft;
  const [row] = await tx.agentDeployment.createManyAndReturn({
    data: [
      {
        ...plain,
        trialEndsAt: new Date(trialEndsAt),
        ...(sizeModel && { sizeModel: asJson(sizeModel) }),
      },
    ],
    skipDuplicates: true,
    select: { id: true },
  });
  return row?.id ?? null;
}

/** Returns when the first trial of an agent for a wallet ended or ends, epoch ms; null where there was none. */
export async function findEarlierTrial(
  db: DatabaseOrTransaction,
  where: Pick<DeploymentDraft, 'agentId' | 'walletAddress'>,
): Promise<number | null> {
  const { _min } = await db.agentDeployment.aggregate({ where, _min: { trialEndsAt: true } });
  return msOrNull(_min.trialEndsAt);
}

/** The deployment, or null. */
export async function findDeployment(
  db: DatabaseOrTransaction,
  id: string,
): Promise<DeploymentRecord | null> {
  const row = await db.agentDeployment.findUnique({ where: { id }, include: PARTS });
  return row && toRecord(row);
}

/** Deployments, newest first; `after` is the id of the last one of the page before. */
export async function listDeployments(
  db: DatabaseOrTransaction,
  { limit, after, ofUser, ...where }: { limit: number; after?: string; agentId?: string } & OfUser,
): Promise<DeploymentRecord[]> {
  const rows = await db.agentDeployment.findMany({
    where: { ...where, ...deploymentOf({ ofUser }), ...(after === undefined ? {} : { id: { lt: after } }) },
    orderBy: { id: 'desc' },
    take: limit,
    include: PARTS,
  });
  return rows.map(toRecord);
}

/** Moves a deployment from one status to another; false when it is not in the first. */
export async function changeDeploymentStatus(
  db: DatabaseOrTransaction,
  id: string,
  from: LifeStatus,
  to: LifeStatus,
): Promise<boolean> {
  const changed = await db.agentDeployment.updateMany({ where: { id, status: from }, data: { status: to } });
  return changed.count === 1;
}

/** Has the trades of a deployment billed from now on, or not; returns whether that changed anything. */
export async function setBilling(db: DatabaseOrTransaction, id: string, billed: boolean): Promise<boolean> {
  const changed = await db.agentDeployment.updateMany({
    where: { id, isBilled: !billed },
    data: { isBilled: billed, ...(billed && { billedSince: new Date() }) },
  });
  return changed.count === 1;
}

/** A deployment that has not been ended. */
export interface Subscribed {
  id: string;
  status: 'active' | 'paused';
}

/** Returns the deployments of an agent, of a user or of all, that have not been ended, in the order of their ids. */
export async function listSubscribed(
  db: DatabaseOrTransaction,
  agentId: string,
  whose: OfUser = {},
): Promise<Subscribed[]> {
  const rows = await db.agentDeployment.findMany({
    where: { agentId, status: { in: ['active', 'paused'] }, ...deploymentOf(whose) },
    orderBy: { id: 'asc' },
    select: { id: true, status: true },
  });
  return rows.map(({ id, status }) => ({ id, status: status === 'active' ? 'active' : 'paused' }));
}

/**
 * Returns the deployments of a signal's agent that have not been ended, in the order of their ids, each with the call
 * and its agent. One statement, because the entry waits for it.
 */
export const listCalled = (
  db: DatabaseOrTransaction,
  signalId: string,
): Promise<(Subscribed & Required<TradeSubject>)[]> =>
  db.$queryRaw`
    SELECT deployment.id, deployment.status::text, signal.symbol, signal.side::text, agent.name AS "agentName"
    FROM signal
      JOIN agent ON agent.id = signal.agent_id
      JOIN agent_deployment AS deployment ON deployment.agent_id = agent.id
    WHERE signal.id = ${signalId}::uuid AND deployment.status IN ('active', 'paused')
    ORDER BY deployment.id`;

/** Every deployment that takes signals, of whatever agent and of a user or all, in the order of their ids. */
export async function listActiveDeployments(db: DatabaseOrTransaction, whose: OfUser): Promise<string[]> {
  const rows = await db.agentDeployment.findMany({
    where: { status: 'active', ...deploymentOf(whose) },
    orderBy: { id: 'asc' },
    select: { id: true },
  });
  return rows.map(({ id }) => id);
}
