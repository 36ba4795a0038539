import type { Side } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { SourceKind } from '#domain/statuses.ts';
import type { TradeIdea } from '#classifiers/classifier.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import type { HeldUntil } from './held-calls.ts';
import { fromJson } from './json.ts';
import { ms, msOrNull, textOrNull } from './rows.ts';

/** A message with everything that was made of it before its signals. */
export interface MessageStory {
  id: string;
  source: { kind: SourceKind; handle: string };
  author: string;
  text: string;
  url: string | null;
  postedAt: number;
  receivedAt: number;
  /** When it was turned into signals or skips; null until then. */
  evaluatedAt: number | null;
  deletedAt: number | null;
  revisions: readonly { text: string; at: number }[];
  classifications: readonly ClassificationRow[];
  /** Ids of the signals that were made of it, oldest first. */
  signalIds: readonly string[];
  /** What it told trades that were open, oldest first. */
  instructions: readonly InstructionLine[];
  /** Calls of it that wait before they become signals. */
  held: readonly HeldLine[];
  /** Why it, or a part of it, became no signal. */
  skips: readonly { code: string; text: string; createdAt: number }[];
}

interface HeldLine {
  symbol: string;
  side: Side;
  until: HeldUntil;
  expiresAt: number;
  endedAt: number | null;
}

interface InstructionLine {
  tradeId: string;
  action: string;
  /** Of what is open, 0..1; null unless a part is closed. */
  fraction: number | null;
  /** Null for break-even, and for what moves no stop. */
  stopPrice: DecimalString | null;
  endedAt: number | null;
}

interface ClassificationRow {
  classifier: string;
  label: string;
  kind: string | null;
  confidence: number;
  reasons: readonly string[];
  ideas: readonly TradeIdea[];
  /** Who decided where a model was asked too, and why the model did not; null where only rules are asked. */
  decidedBy: string | null;
  decidedWhy: string | null;
  createdAt: number;
}

/** Records of one kind that are shown. */
const MOST = 20;

/** Returns a message with what was made of it; null when there is none with this id. */
export async function findMessageStory(db: DatabaseOrTransaction, id: string): Promise<MessageStory | null> {
  const row = await db.sourceMessage.findUnique({
    where: { id },
    include: {
      sourceAccount: { select: { kind: true, handle: true } },
      revisions: { orderBy: { id: 'asc' }, take: MOST },
      classifications: { orderBy: { id: 'asc' }, take: MOST },
      signals: { orderBy: { id: 'asc' }, take: MOST, select: { id: true } },
      instructions: { orderBy: { id: 'asc' }, take: MOST },
      heldCalls: { orderBy: { id: 'asc' }, take: MOST },
      skippedSignals: { where: { signalId: null }, orderBy: { id: 'asc' }, take: MOST },
    },
  });
  if (!row) return null;
  return {
    id: row.id,
    source: row.sourceAccount,
    author: row.author,
    text: row.text,
    url: row.url,
    postedAt: ms(row.postedAt),
    receivedAt: ms(row.receivedAt),
    evaluatedAt: msOrNull(row.evaluatedAt),
    deletedAt: msOrNull(row.deletedAt),
    revisions: row.revisions.map(({ text, receivedAt }) => ({ text, at: ms(receivedAt) })),
    classifications: row.classifications.map((each) => ({
      classifier: each.classifier,
      label: each.label,
      kind: each.kind,
      confidence: each.confidence,
      reasons: fromJson<string[]>(each.reasons),
      ideas: fromJson<TradeIdea[]>(each.ideas),
      decidedBy: each.decidedBy,
      decidedWhy: each.decidedWhy,
      createdAt: ms(each.createdAt),
    })),
    signalIds: row.signals.map(({ id: signalId }) => signalId),
    instructions: row.instructions.map((each) => ({
      tradeId: each.tradeId,
      action: each.action,
      fraction: each.fraction,
      stopPrice: textOrNull(each.stopPrice),
      endedAt: msOrNull(each.endedAt),
    })),
    held: row.heldCalls.map(({ symbol, side, until, expiresAt, endedAt }) => ({
      symbol,
      side,
      until: fromJson<HeldUntil>(until),
      expiresAt: ms(expiresAt),
      endedAt: msOrNull(endedAt),
    })),
    skips: row.skippedSignals.map(({ code, text, createdAt }) => ({ code, text, createdAt: ms(createdAt) })),
  };
}
