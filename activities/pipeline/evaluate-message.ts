import type { ClassifiedMessage, TradeIdea } from '#classifiers/classifier.ts';
import { judgeIdea, refuseLevels, type Market } from '#domain/judge-idea.ts';
import { refusal, type Refusal } from '#domain/reasons.ts';
import type { SignalDraft } from '#prisma/repositories/signals.ts';
import { skipSubjects, type SkipDraft } from '#prisma/repositories/skipped-signals.ts';
import type { SourceMessageRow } from '#prisma/repositories/source-messages.ts';
import type { Subscription } from '#prisma/repositories/subscriptions.ts';

export interface EvaluationInput {
  message: SourceMessageRow;
  classified: ClassifiedMessage;
  subscriptions: readonly Subscription[];
  market: Market;
  now: number;
}

export interface Evaluation {
  signals: SignalDraft[];
  skips: SkipDraft[];
}

/** Returns a signal, or the reason for none, for every agent that listens and every idea of a classified message. */
export function evaluateMessage(input: EvaluationInput): Evaluation {
  const hindrance = refuseMessage(input);
  if (hindrance) {
    const { id } = input.message;
    return { signals: [], skips: [{ subject: skipSubjects.message(id), messageId: id, ...hindrance }] };
  }
  const evaluation: Evaluation = { signals: [], skips: [] };
  for (const subscription of input.subscriptions) {
    for (const idea of input.classified.ideas) evaluateIdea(input, subscription, idea, evaluation);
  }
  return evaluation;
}

/** Why the message as a whole becomes nothing, or null. */
function refuseMessage({ classified, subscriptions }: EvaluationInput): Refusal | null {
  const { label, confidence, reasons, ideas } = classified;
  if (label === 'call' && ideas.length > 0) return subscriptions.length > 0 ? null : refusal('no_agent');
  const wrongSide = ideas.map((idea) => refuseLevels(idea, idea.barriers, idea.entry)).find(Boolean);
  if (wrongSide) return wrongSide;
  const sureness = label === 'noise' ? '' : ` with confidence ${confidence.toFixed(2)}`;
  return refusal(
    'no_idea',
    [`Read as ${label}${sureness}`, reasons.join('; ')].filter(Boolean).join(': ').concat('.'),
  );
}

function evaluateIdea(
  input: EvaluationInput,
  subscription: Subscription,
  idea: TradeIdea,
  evaluation: Evaluation,
): void {
  const ruling = judgeIdea(input, subscription, idea);
  const { id } = input.message;
  if (ruling.ok) {
    const from = { agentId: subscription.agentId, origin: 'message', messageId: id } as const;
    evaluation.signals.push({ ...ruling.value, ...from, requestedVenue: 'MULTI' });
    return;
  }
  const subject = skipSubjects.idea(id, subscription.agentId, idea.symbol, idea.side);
  evaluation.skips.push({ subject, messageId: id, ...ruling.refusal });
}
