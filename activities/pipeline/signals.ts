import { ApplicationFailure } from '@temporalio/common';
import type { Market } from '#domain/judge-idea.ts';
import { refusal } from '#domain/reasons.ts';
import type { Logger } from '#observability/logger.ts';
import type { Database, Transaction } from '#prisma/client.ts';
import { readClassification } from '#prisma/repositories/classifications.ts';
import { listSymbols } from '#prisma/repositories/instruments.ts';
import { listUnreachedVenues } from '#prisma/repositories/venue-status.ts';
import { listSubscribed } from '#prisma/repositories/deployments.ts';
import { announceTo } from '#prisma/repositories/signal-announcements.ts';
import { createSignal, type SignalDraft, type SignalNews } from '#prisma/repositories/signals.ts';
import { recordSkip, recordSkips, skipSubjects } from '#prisma/repositories/skipped-signals.ts';
import {
  listUnevaluatedMessages,
  takeForEvaluation,
  type SourceMessageRow,
} from '#prisma/repositories/source-messages.ts';
import { listSubscriptions, type Subscription } from '#prisma/repositories/subscriptions.ts';
import type { Generated, PipelineActivities } from '../contract.ts';
import { holdConditionalCalls } from './conditional-calls.ts';
import { evaluateMessage } from './evaluate-message.ts';
import { followPost } from './follow-ups.ts';
import type { MarketPrices } from './market-prices.ts';
import { isWorthAnotherTry } from './message-tries.ts';
import { answerOppositeCalls } from './opposite-calls.ts';

export interface SignalDeps {
  db: Database;
  /** Name of the classifier whose word counts. */
  classifierName: string;
  prices: MarketPrices;
  logger: Logger;
  now: () => number;
}

export function createSignalActivities(deps: SignalDeps): Pick<PipelineActivities, 'generateSignals'> {
  return {
    /** Each message in a transaction of its own: one that fails rests, behind all others, and is set aside at last. */
    async generateSignals({ limit }) {
      const messages = await listUnevaluatedMessages(deps.db, {
        classifier: deps.classifierName,
        now: deps.now(),
        limit,
      });
      const all = { signalIds: [], instructions: [], heldCallIds: [] } as Required<Generated>;
      if (messages.length === 0) return { ...all, more: false };
      const market = await readMarket(deps);
      for (const message of messages) {
        try {
          const { signalIds, instructions, heldCallIds } = await evaluate(deps, message, market);
          all.signalIds.push(...signalIds);
          all.instructions.push(...instructions);
          all.heldCallIds.push(...heldCallIds);
        } catch (error) {
          await deferOrSetAside(deps, message, error);
        }
      }
      return { ...all, more: messages.length === limit };
    },
  };
}

async function readMarket({ db, prices }: SignalDeps): Promise<Market> {
  const [listed, unreached, latest] = await Promise.all([listSymbols(db), listUnreachedVenues(db), prices()]);
  // Nothing can be said about a symbol before the venues have been asked once; the messages keep.
  if (listed.size === 0)
    throw ApplicationFailure.retryable('No instruments are known yet.', 'no_instruments');
  return { listed, unreached, prices: latest };
}

const evaluate = (deps: SignalDeps, { id }: SourceMessageRow, market: Market): Promise<Required<Generated>> =>
  deps.db.$transaction((tx) => evaluateInside(tx, deps, id, market), { timeout: 10_000, maxWait: 10_000 });

/** The message is marked, and its signals and skips written, together or not at all. */
async function evaluateInside(
  tx: Transaction,
  { classifierName, now }: SignalDeps,
  messageId: string,
  market: Market,
): Promise<Required<Generated>> {
  const nothing = { signalIds: [], instructions: [], heldCallIds: [] };
  const message = await takeForEvaluation(tx, messageId, now());
  const classified = message && (await readClassification(tx, messageId, classifierName));
  if (!classified) return nothing;
  const subscriptions = await listSubscriptions(tx, message.sourceAccountId);
  const input = { message, classified, subscriptions, market, now: now() };
  const followed = await followPost(tx, input);
  if (followed) {
    await recordSkips(tx, followed.skips);
    return { ...nothing, instructions: followed.instructions };
  }
  const unheld = await holdConditionalCalls(tx, input);
  if (unheld) {
    await recordSkips(tx, unheld);
    return nothing;
  }
  const { signals, skips } = evaluateMessage(input);
  const answered = await answerOppositeCalls(tx, { messageId, ...input }, signals);
  await recordSkips(tx, [...skips, ...answered.skips]);
  const signalIds: string[] = [];
  for (const draft of answered.signals) {
    const created = await createSignal(tx, draft, {
      announcement: await announcementOf(tx, draft, subscriptions),
    });
    if (created.created) signalIds.push(created.signalId);
  }
  const { instructions, heldCallIds } = answered;
  return { signalIds, instructions, heldCallIds };
}

/** Has the trading workers start the trades of a signal once it is committed; the fan-out starts what they do not. */
async function announcementOf(
  tx: Transaction,
  { agentId }: SignalDraft,
  subscriptions: readonly Subscription[],
): Promise<SignalNews['announcement']> {
  const agent = subscriptions.find((each) => each.agentId === agentId);
  return agent ? announceTo(agent.agentName, await listSubscribed(tx, agentId)) : null;
}

/** One message that cannot be evaluated must not be in the way of the others. */
async function deferOrSetAside(deps: SignalDeps, message: SourceMessageRow, error: unknown): Promise<void> {
  const { db, logger, now } = deps;
  const { id: messageId } = message;
  logger.error({ messageId, err: error }, 'message cannot be evaluated');
  if (await isWorthAnotherTry(db, message, now())) return;
  const problem = error instanceof Error ? error.message : String(error);
  await db.$transaction(async (tx) => {
    if (!(await takeForEvaluation(tx, messageId, now()))) return;
    const subject = skipSubjects.message(messageId);
    await recordSkip(tx, {
      subject,
      messageId,
      ...refusal('malformed_message', `Evaluation fails: ${problem}`),
    });
  });
}
