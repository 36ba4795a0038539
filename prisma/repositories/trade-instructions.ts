import { FOLLOW_UP_LIFE_MS, type InstructionRef } from '#domain/reactions.ts';
import {
  asId,
  type AgentId,
  type DeploymentId,
  type Side,
  type SignalId,
  type Symbol,
  type TradeId,
} from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { TradePhase } from '#domain/trade-phases.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { IS_EARLIER_OF_AUTHOR } from './calls-of-author.ts';
import { asPlainJson, fromJson } from './json.ts';
import { msOrNull, textOrNull, timeOrderedId } from './rows.ts';

/** A trade that was taken on a post, as a later post of its author finds it. */
export interface AuthorsTrade {
  tradeId: TradeId;
  signalId: SignalId;
  deploymentId: DeploymentId;
  agentId: AgentId;
  symbol: Symbol;
  side: Side;
  phase: TradePhase;
  isPaused: boolean;
}

/** Returns the trades that are open, or about to be, of agents and on earlier messages of the author of a message. */
export async function listTradesOfAuthor(
  db: DatabaseOrTransaction,
  messageId: string,
  agentIds: readonly AgentId[],
): Promise<AuthorsTrade[]> {
  if (agentIds.length === 0) return [];
  const rows = await db.$queryRaw<
    (Omit<AuthorsTrade, 'tradeId' | 'signalId' | 'deploymentId' | 'agentId'> &
      Record<'tradeId' | 'signalId' | 'deploymentId' | 'agentId', string>)[]
  >`
    SELECT trade.id AS "tradeId", trade.signal_id AS "signalId", trade.deployment_id AS "deploymentId",
      signal.agent_id AS "agentId", trade.symbol, trade.side::text, trade.phase::text,
      trade.paused_at IS NOT NULL AS "isPaused"
    FROM source_message AS post
      JOIN source_message AS origin ON ${IS_EARLIER_OF_AUTHOR}
      JOIN signal ON signal.message_id = origin.id
      JOIN trade ON trade.signal_id = signal.id
    WHERE post.id = ${messageId}::uuid AND signal.agent_id = ANY(${agentIds}::uuid[])
      AND trade.phase IN ('routing', 'opening', 'open')
    ORDER BY trade.id`;
  return rows.map(({ tradeId, signalId, deploymentId, agentId, ...row }) => ({
    ...row,
    tradeId: asId<TradeId>(tradeId),
    signalId: asId<SignalId>(signalId),
    deploymentId: asId<DeploymentId>(deploymentId),
    agentId: asId<AgentId>(agentId),
  }));
}

/** An instruction of a post for one trade. */
export interface InstructionDraft {
  tradeId: TradeId;
  messageId: string;
  action: 'close' | 'reduce' | 'move_stop';
  /** The part of what is open that a reduction closes, above 0 and below 1. */
  fraction?: number;
  /** Where the stop goes; null for break-even. */
  stopPrice?: DecimalString | null;
}

/** Longest name of an author that is told. */
const MAX_AUTHOR = 100;

const senderOf = (author: string): string => `a post of ${author.slice(0, MAX_AUTHOR).toWellFormed()}`;

/** Stores instructions, each once; returns those that are new. */
export async function createInstructions(
  db: DatabaseOrTransaction,
  drafts: readonly InstructionDraft[],
): Promise<InstructionRef[]> {
  if (drafts.length === 0) return [];
  const rows = await db.tradeInstruction.createManyAndReturn({
    data: drafts.map((draft) => ({ id: timeOrderedId(Date.now()), ...draft })),
    skipDuplicates: true,
    select: SELECTED_REF,
  });
  return rows.map(toRef);
}

const SELECTED_REF = {
  id: true,
  action: true,
  trade: { select: { signalId: true, deploymentId: true } },
  message: { select: { author: true } },
} as const;

const toRef = (row: Prisma.TradeInstructionGetPayload<{ select: typeof SELECTED_REF }>): InstructionRef => ({
  instructionId: row.id,
  signalId: asId<SignalId>(row.trade.signalId),
  deploymentId: asId<DeploymentId>(row.trade.deploymentId),
  closes: row.action === 'close',
  by: senderOf(row.message.author),
});

/** Returns instructions of the last day that have not ended, for trades that are not closing yet, oldest first. */
export async function listOpenInstructions(
  db: DatabaseOrTransaction,
  { now, limit }: { now: number; limit: number },
): Promise<InstructionRef[]> {
  const rows = await db.tradeInstruction.findMany({
    where: {
      endedAt: null,
      createdAt: { gte: new Date(now - FOLLOW_UP_LIFE_MS) },
      trade: { phase: { in: ['routing', 'opening', 'open'] }, pausedAt: null },
    },
    orderBy: { createdAt: 'asc' },
    take: limit,
    select: SELECTED_REF,
  });
  return rows.map(toRef);
}

/** The order of a reduction: the number of its leg, and its size. */
export interface ReducedPart {
  legNumber: number;
  size: DecimalString;
}

export interface InstructionRecord {
  id: string;
  tradeId: TradeId;
  action: string;
  fraction: number | null;
  stopPrice: DecimalString | null;
  part: ReducedPart | null;
  endedAt: number | null;
  by: string;
}

/** Returns an instruction; null when there is none with this id. */
export async function findInstruction(
  db: DatabaseOrTransaction,
  id: string,
): Promise<InstructionRecord | null> {
  const row = await db.tradeInstruction.findUnique({
    where: { id },
    include: { message: { select: { author: true } } },
  });
  return (
    row && {
      id: row.id,
      tradeId: asId<TradeId>(row.tradeId),
      action: row.action,
      fraction: row.fraction,
      stopPrice: textOrNull(row.stopPrice),
      part: fromJson<ReducedPart | null>(row.part),
      endedAt: msOrNull(row.endedAt),
      by: senderOf(row.message.author),
    }
  );
}

/** Fixes the order of a reduction, the first time; returns the one that is fixed. */
export async function fixReducedPart(
  db: DatabaseOrTransaction,
  id: string,
  part: ReducedPart,
): Promise<ReducedPart> {
  await db.tradeInstruction.updateMany({
    where: { id, part: { equals: Prisma.DbNull } },
    data: { part: asPlainJson(part) },
  });
  const fixed = await db.tradeInstruction.findUniqueOrThrow({ where: { id }, select: { part: true } });
  return fromJson<ReducedPart>(fixed.part);
}

/** Notes that nothing is left to do for the instructions of a trade, which has ended. */
export async function endInstructionsOf(
  db: DatabaseOrTransaction,
  tradeId: TradeId,
  at: number,
): Promise<void> {
  await db.tradeInstruction.updateMany({
    where: { tradeId, endedAt: null },
    data: { endedAt: new Date(at) },
  });
}

/** Notes that an instruction was carried out, or cannot be. */
export async function endInstruction(db: DatabaseOrTransaction, id: string, at: number): Promise<void> {
  await db.tradeInstruction.updateMany({ where: { id, endedAt: null }, data: { endedAt: new Date(at) } });
}

/** An instruction that nobody will carry out. */
export interface UnheardInstruction {
  id: string;
  tradeId: TradeId;
  /** The trade was paused before it was told; otherwise it could not be told in time. */
  isPaused: boolean;
}

/** Time in which a trade that was told before it was paused finishes what it is at. */
const UNDER_WAY_MS = 60_000;

/**
 * Ends instructions that no trade will be told any more, because a person has paused it or a day has passed. Returns
 * them.
 */
export async function endUnheardInstructions(
  db: DatabaseOrTransaction,
  now: number,
): Promise<UnheardInstruction[]> {
  const rows = await db.$queryRaw<{ id: string; tradeId: string; isPaused: boolean }[]>`
    UPDATE trade_instruction SET ended_at = ${new Date(now)} FROM trade
    WHERE trade.id = trade_id AND ended_at IS NULL AND phase IN ('routing', 'opening', 'open')
      AND ((paused_at IS NOT NULL AND trade_instruction.created_at < ${new Date(now - UNDER_WAY_MS)})
        OR trade_instruction.created_at < ${new Date(now - FOLLOW_UP_LIFE_MS)})
    RETURNING trade_instruction.id, trade_id AS "tradeId", paused_at IS NOT NULL AS "isPaused"`;
  return rows.map((row) => ({ ...row, tradeId: asId<TradeId>(row.tradeId) }));
}
