import type { AgentBarriers } from '#domain/agent-barriers.ts';
import type { ProfitRule } from '#domain/billing.ts';
import type { VenueName } from '#domain/ids.ts';
import type { Reactions } from '#domain/reactions.ts';
import type { ScoreUse } from '#domain/scoring/score-use.ts';
import type { SizeModel } from '#domain/sizing.ts';
import type { LifeStatus, SourceKind } from '#domain/statuses.ts';
import type { Weights } from '#domain/weights.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import type { Prisma } from '../generated/client.ts';
import { asJson, fromJson } from './json.ts';
import { isUniqueViolation, ms } from './rows.ts';
import { ensureSourceAccount } from './source-accounts.ts';
import type { OfUser } from './visible-rows.ts';

/** How much an agent trusts a source, 0 to 100. */
export interface SourceWeight {
  kind: SourceKind;
  handle: string;
  weight: number;
}

/** The columns of a new agent. */
export interface AgentDraft {
  name: string;
  ownerId: string;
  venuePreference: VenueName[];
  minConfidence: number;
  barriers: AgentBarriers;
  sizeModel: SizeModel;
  signalTtlMs: number;
  maxDriftPct: number;
  /** `off` unless given. */
  scoreUse?: ScoreUse;
  /** `per_trade` unless given. */
  profitShare?: ProfitRule;
  /** All in full unless given. */
  weights?: Weights;
  sources: SourceWeight[];
  /** As `NO_REACTIONS` unless given. */
  followUps?: Reactions['followUps'];
  oppositeCalls?: Reactions['oppositeCalls'];
  conditionalCalls?: Reactions['conditionalCalls'];
}

export interface AgentRecord extends Omit<AgentDraft, keyof Reactions>, Reactions {
  id: string;
  scoreUse: ScoreUse;
  weights: Weights;
  profitShare: ProfitRule;
  /** Listed on the leaderboard. */
  isPublished: boolean;
  status: LifeStatus;
  version: number;
  createdAt: number;
  updatedAt: number;
}

const WITH_SOURCES = { sources: { include: { sourceAccount: true } } } as const;
type AgentRow = Prisma.AgentGetPayload<{ include: typeof WITH_SOURCES }>;

/** Returns what an agent does with posts beyond plain calls, from its row. */
export const reactionsOf = (
  row: Pick<AgentRow, 'followUps' | 'oppositeCalls' | 'conditionalCalls'>,
): Reactions => ({
  followUps: fromJson<Reactions['followUps']>(row.followUps),
  oppositeCalls: fromJson<Reactions['oppositeCalls']>(row.oppositeCalls),
  conditionalCalls: fromJson<Reactions['conditionalCalls']>(row.conditionalCalls),
});

const toRecord = (row: AgentRow): AgentRecord => ({
  id: row.id,
  ownerId: row.ownerId,
  name: row.name,
  status: row.status,
  isPublished: row.isPublished,
  profitShare: fromJson<ProfitRule>(row.profitShare),
  venuePreference: row.venuePreference,
  minConfidence: row.minConfidence,
  barriers: fromJson<AgentBarriers>(row.barriers),
  sizeModel: fromJson<SizeModel>(row.sizeModel),
  signalTtlMs: row.signalTtlMs,
  maxDriftPct: row.maxDriftPct,
  scoreUse: fromJson<ScoreUse>(row.scoreUse),
  weights: fromJson<Weights>(row.weights),
  ...reactionsOf(row),
  sources: row.sources
    .map(({ weight, sourceAccount: { kind, handle } }) => ({ kind, handle, weight }))
    .sort((a, b) => b.weight - a.weight || a.handle.localeCompare(b.handle)),
  version: row.version,
  createdAt: ms(row.createdAt),
  updatedAt: ms(row.updatedAt),
});

/** Creates an agent with its sources; null when the name is taken. */
export async function createAgent(db: DatabaseOrTransaction, draft: AgentDraft): Promise<AgentRecord | null> {
  const { sources, barriers, sizeModel, weights, ...plain } = draft;
  try {
    const row = await db.agent.create({
      data: {
        ...plain,
        barriers: asJson(barriers),
        sizeModel: asJson(sizeModel),
        ...(weights && { weights: asJson(weights) }),
        sources: { create: sources.map(toSourceLink) },
      },
      include: WITH_SOURCES,
    });
    return toRecord(row);
  } catch (error) {
    if (isUniqueViolation(error)) return null;
    throw error;
  }
}

/** Changes what an agent does with posts beyond plain calls; what is left out stays. */
export async function changeReactions(
  db: DatabaseOrTransaction,
  agentId: string,
  change: Partial<Reactions>,
): Promise<void> {
  await db.agent.update({ where: { id: agentId }, data: { ...change, version: { increment: 1 } } });
}

/** What changes about the weights of an agent; `sources` are added, or weighed anew. */
export interface WeightsChange extends Partial<Pick<AgentRecord, 'scoreUse' | 'weights'>> {
  sources: readonly SourceWeight[];
}

/** Changes the weights of an agent; what is left out stays. */
export async function weighAgent(
  db: DatabaseOrTransaction,
  agentId: string,
  { scoreUse, weights, sources }: WeightsChange,
): Promise<void> {
  for (const source of sources) await weighSource(db, agentId, source);
  await db.$executeRaw`
    UPDATE agent SET weights = weights || ${JSON.stringify(weights ?? {})}::jsonb,
      score_use = COALESCE(${scoreUse ?? null}, score_use), version = version + 1, updated_at = now()
    WHERE id = ${agentId}::uuid`;
}

async function weighSource(
  db: DatabaseOrTransaction,
  agentId: string,
  { kind, handle, weight }: SourceWeight,
): Promise<void> {
  const { id: sourceAccountId } = await ensureSourceAccount(db, { kind, handle });
  await db.agentSource.upsert({
    where: { agentId_sourceAccountId: { agentId, sourceAccountId } },
    create: { agentId, sourceAccountId, weight },
    update: { weight },
  });
}

/** What may be edited of an agent; what is left out stays. */
export type AgentEdit = Partial<
  Pick<
    AgentDraft,
    | 'venuePreference'
    | 'minConfidence'
    | 'barriers'
    | 'sizeModel'
    | 'signalTtlMs'
    | 'maxDriftPct'
    | 'profitShare'
  > & { status: LifeStatus }
>;

/** Edits an agent of a version; false, with nothing changed, when it has another version by now. */
export async function editAgent(
  db: DatabaseOrTransaction,
  { id, version }: Pick<AgentRecord, 'id' | 'version'>,
  { barriers, sizeModel, ...plain }: AgentEdit,
): Promise<boolean> {
  const { count } = await db.agent.updateMany({
    where: { id, version },
    data: {
      ...plain,
      ...(barriers && { barriers: asJson(barriers) }),
      ...(sizeModel && { sizeModel: asJson(sizeModel) }),
      version: { increment: 1 },
    },
  });
  return count === 1;
}

/** Lists an agent on the leaderboard, or takes it off. */
export async function publishAgent(
  db: DatabaseOrTransaction,
  id: string,
  isPublished: boolean,
): Promise<void> {
  await db.agent.update({ where: { id }, data: { isPublished } });
}

/** The agent, or null. */
export async function findAgent(db: DatabaseOrTransaction, id: string): Promise<AgentRecord | null> {
  const row = await db.agent.findUnique({ where: { id }, include: WITH_SOURCES });
  return row && toRecord(row);
}

/** The agent of that name, or null. */
export async function findAgentByName(db: DatabaseOrTransaction, name: string): Promise<AgentRecord | null> {
  const row = await db.agent.findUnique({ where: { name }, include: WITH_SOURCES });
  return row && toRecord(row);
}

/** Returns the names of some agents, by their ids. */
export async function readAgentNames(
  db: DatabaseOrTransaction,
  ids: readonly string[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await db.agent.findMany({ where: { id: { in: [...ids] } }, select: { id: true, name: true } });
  return new Map(rows.map(({ id, name }) => [id, name]));
}

/** Agents, newest first: of a user those too that others have published. `after` is the id of the last agent of the page before. */
export async function listAgents(
  db: DatabaseOrTransaction,
  { limit, after, ofUser }: { limit: number; after?: string } & OfUser,
): Promise<AgentRecord[]> {
  const rows = await db.agent.findMany({
    where: {
      ...(after !== undefined && { id: { lt: after } }),
      ...(ofUser !== undefined && { OR: [{ ownerId: ofUser }, { isPublished: true }] }),
    },
    orderBy: { id: 'desc' },
    take: limit,
    include: WITH_SOURCES,
  });
  return rows.map(toRecord);
}

const toSourceLink = ({ kind, handle, weight }: SourceWeight) => ({
  weight,
  sourceAccount: {
    connectOrCreate: { where: { kind_handle: { kind, handle } }, create: { kind, handle } },
  },
});
