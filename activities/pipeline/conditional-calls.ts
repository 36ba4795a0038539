import type { ConditionalCall } from '#classifiers/classifier.ts';
import { readConditionalCalls } from '#classifiers/rules/conditional-calls.ts';
import { amount, decimalString, type DecimalString } from '#domain/money.ts';
import { refusal } from '#domain/reasons.ts';
import type { DatabaseOrTransaction } from '#prisma/client.ts';
import { holdCall } from '#prisma/repositories/held-calls.ts';
import type { SignalDraft } from '#prisma/repositories/signals.ts';
import { skipSubjects, type SkipDraft } from '#prisma/repositories/skipped-signals.ts';
import { evaluateMessage, type EvaluationInput } from './evaluate-message.ts';

/**
 * Holds the calls of a message that wait for a price, for each agent that holds such calls; they are judged as any call
 * is, by the price that they wait for. Returns the reasons for calls that are not held; null when the message has no such
 * call, or no agent holds any: `evaluateMessage` says so then.
 */
export async function holdConditionalCalls(
  tx: DatabaseOrTransaction,
  input: EvaluationInput,
): Promise<SkipDraft[] | null> {
  const { message, classified, subscriptions, market } = input;
  const holding = subscriptions.filter(({ conditionalCalls }) => conditionalCalls === 'hold');
  if (holding.length === 0 || classified.kind !== 'conditional') return null;
  const [call] = readConditionalCalls(message.text, market.prices);
  if (!call) return null;
  const { idea } = call;
  const { signals, skips } = evaluateMessage({
    ...input,
    classified: { ...classified, label: 'call', kind: 'call', confidence: idea.confidence, ideas: [idea] },
    subscriptions: holding,
  });
  for (const draft of signals) await hold(tx, message.id, draft, call);
  const others = subscriptions.filter((each) => !holding.includes(each));
  return [
    ...skips,
    ...others.map(({ agentId, agentName }) => ({
      subject: skipSubjects.idea(message.id, agentId, idea.symbol, idea.side),
      messageId: message.id,
      ...refusal('conditional_call', `Agent: ${agentName}.`),
    })),
  ];
}

const hold = (
  tx: DatabaseOrTransaction,
  messageId: string,
  draft: SignalDraft,
  { idea, from, price, waitMs }: ConditionalCall,
): Promise<string | null> =>
  holdCall(tx, {
    draft: { ...draft, messageId },
    until: { kind: 'price', from, price: inUnitsOf(draft, idea.symbol, price) },
    expiresAt: draft.calledAt + waitMs,
  });

/** A coin that its venue quotes by the thousand: the price of the single coin is brought to that scale. */
const inUnitsOf = ({ symbol }: SignalDraft, named: string, price: DecimalString): DecimalString =>
  symbol === `k${named}` ? decimalString(amount(price).mul(1_000)) : price;
