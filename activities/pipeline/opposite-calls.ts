import type { InstructionRef } from '#domain/reactions.ts';
import { refusal } from '#domain/reasons.ts';
import type { DatabaseOrTransaction } from '#prisma/client.ts';
import { lockStandingCalls } from '#prisma/repositories/calls-of-author.ts';
import { holdCall } from '#prisma/repositories/held-calls.ts';
import type { SignalDraft } from '#prisma/repositories/signals.ts';
import { skipSubjects, type SkipDraft } from '#prisma/repositories/skipped-signals.ts';
import type { Subscription } from '#prisma/repositories/subscriptions.ts';
import {
  createInstructions,
  listTradesOfAuthor,
  type AuthorsTrade,
} from '#prisma/repositories/trade-instructions.ts';
import { withdrawCalls } from './withdraw-calls.ts';

/** Calls of one message, after those against open trades of their author were looked at. */
export interface AnsweredCalls {
  /** Calls that become signals now. */
  signals: SignalDraft[];
  instructions: InstructionRef[];
  heldCallIds: string[];
  skips: SkipDraft[];
}

/**
 * Does with calls against open trades of their author what each agent chooses: lets them become signals, which the open
 * position then refuses; closes those trades; or closes them and holds the call until they are flat. An earlier call for
 * the other side opens nothing more. Trades of another author, and trades that a person has paused, are left alone.
 */
export async function answerOppositeCalls(
  tx: DatabaseOrTransaction,
  {
    messageId,
    subscriptions,
    now,
  }: { messageId: string; subscriptions: readonly Subscription[]; now: number },
  signals: readonly SignalDraft[],
): Promise<AnsweredCalls> {
  const answered: AnsweredCalls = { signals: [], instructions: [], heldCallIds: [], skips: [] };
  const choosing =
    signals.length === 0 ? [] : subscriptions.filter(({ oppositeCalls }) => oppositeCalls !== 'ignore');
  const agentIds = choosing.map(({ agentId }) => agentId);
  const standing = await lockStandingCalls(tx, messageId, { agentIds, now });
  const open = await listTradesOfAuthor(tx, messageId, agentIds);
  for (const draft of signals) {
    const choice = choosing.find(({ agentId }) => agentId === draft.agentId)?.oppositeCalls;
    await withdrawCalls(
      tx,
      standing.filter((call) => isAgainst(draft, call)),
      now,
    );
    const against = open.filter((trade) => isAgainst(draft, trade));
    if (!choice || against.length === 0) answered.signals.push(draft);
    else await closeFor(tx, { messageId, draft, against, isFlip: choice === 'flip' }, answered);
  }
  return answered;
}

const isAgainst = (draft: SignalDraft, other: Pick<AuthorsTrade, 'agentId' | 'symbol' | 'side'>): boolean =>
  other.agentId === draft.agentId && other.symbol === draft.symbol && other.side !== draft.side;

async function closeFor(
  tx: DatabaseOrTransaction,
  {
    messageId,
    draft,
    against,
    isFlip,
  }: { messageId: string; draft: SignalDraft; against: readonly AuthorsTrade[]; isFlip: boolean },
  answered: AnsweredCalls,
): Promise<void> {
  const { agentId, symbol, side } = draft;
  const subject = skipSubjects.idea(messageId, agentId, symbol, side);
  if (against.some(({ isPaused }) => isPaused)) {
    answered.skips.push({ subject, messageId, ...refusal('trade_paused', 'The call is against it.') });
    return;
  }
  const closes = against.map(({ tradeId }) => ({ tradeId, messageId, action: 'close' as const }));
  answered.instructions.push(...(await createInstructions(tx, closes)));
  if (!isFlip) {
    answered.skips.push({ subject, messageId, ...refusal('opposite_call') });
    return;
  }
  const tradeIds = against.map(({ tradeId }) => tradeId);
  const until = { kind: 'flat', tradeIds } as const;
  const held = await holdCall(tx, { draft: { ...draft, messageId }, until, expiresAt: draft.expiresAt });
  if (held !== null) answered.heldCallIds.push(held);
}
