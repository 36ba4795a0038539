import type { ClassifiedMessage, TradeIdea } from '#classifiers/classifier.ts';
import { resolveBarriers, type Barriers, type Level } from '#domain/barriers.ts';
import { completeBarriers } from '#domain/complete-barriers.ts';
import type { Symbol, VenueName } from '#domain/ids.ts';
import { refuseImplausible } from '#domain/levels.ts';
import { amount, decimalString, type DecimalString } from '#domain/money.ts';
import { parseBarriers } from '#domain/parse-barriers.ts';
import { parseAgentBarriers } from '#domain/agent-barriers.ts';
import { accept, refusal, refuse, type Refusal, type Ruling } from '#domain/reasons.ts';
import { normaliseSymbol } from '#domain/symbols.ts';
import { FULL_WEIGHT } from '#domain/weights.ts';
import type { SignalDraft } from '#prisma/repositories/signals.ts';
import { skipSubjects, type SkipDraft } from '#prisma/repositories/skipped-signals.ts';
import type { SourceMessageRow } from '#prisma/repositories/source-messages.ts';
import type { Subscription } from '#prisma/repositories/subscriptions.ts';

/** Prices and instruments at the time messages are judged. */
export interface Market {
  /** The symbols venues list. */
  listed: ReadonlySet<Symbol>;
  /** Venues whose instruments have not been read yet, so that they may list more. */
  unreached: readonly VenueName[];
  /** Last known prices; a symbol may be missing. */
  prices: ReadonlyMap<Symbol, DecimalString>;
}

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
  if (ruling.ok) {
    evaluation.signals.push(ruling.value);
    return;
  }
  const { id } = input.message;
  const subject = skipSubjects.idea(id, subscription.agentId, idea.symbol, idea.side);
  evaluation.skips.push({ subject, messageId: id, ...ruling.refusal });
}

function judgeIdea(input: EvaluationInput, subscription: Subscription, told: TradeIdea): Ruling<SignalDraft> {
  const hindrance =
    refuseAgent(subscription) ?? refuseStale(input, subscription) ?? refuseConfidence(subscription, told);
  if (hindrance) return { ok: false, refusal: hindrance };
  const symbol = normaliseSymbol(told.symbol, input.market.listed);
  if (!symbol.ok) return refuseUnlisted(symbol.refusal, input.market);
  if (told.problem) return { ok: false, refusal: told.problem };
  const idea = inUnitsOf(symbol.value, told);
  const barriers = mergeBarriers(subscription, idea);
  if (!barriers.ok) return barriers;
  const price = input.market.prices.get(symbol.value) ?? null;
  const referencePrice = idea.entry ?? price;
  const wrongSide =
    refuseLevels(idea, barriers.value, referencePrice) ?? refuseFar(idea, barriers.value, price);
  if (wrongSide) return { ok: false, refusal: wrongSide };
  return accept(
    toDraft(input, subscription, idea, { symbol: symbol.value, barriers: barriers.value, referencePrice }),
  );
}

/** A symbol that no venue lists is not called unknown while a venue has not been reached: that one may list it. */
function refuseUnlisted(refused: Refusal, { unreached }: Market): Ruling<never> {
  const isUnsure = refused.code === 'unknown_instrument' && unreached.length > 0;
  return isUnsure
    ? refuse('venue_unreachable', `It is ${unreached.join(' and ')}. ${refused.text}`)
    : { ok: false, refusal: refused };
}

/** A coin that its venue quotes by the thousand: prices of the single coin are brought to that scale. */
function inUnitsOf(symbol: Symbol, idea: TradeIdea): TradeIdea {
  if (symbol !== `k${idea.symbol}`) return idea;
  const { stopLoss, takeProfits } = idea.barriers;
  return {
    ...idea,
    entry: idea.entry === null ? null : timesThousand(idea.entry),
    barriers: {
      ...idea.barriers,
      ...(stopLoss && { stopLoss: levelTimesThousand(stopLoss) }),
      ...(takeProfits && { takeProfits: takeProfits.map(levelTimesThousand) }),
    },
  };
}

const timesThousand = (price: DecimalString): DecimalString => decimalString(amount(price).mul(1_000));

const levelTimesThousand = <Each extends Level>(level: Each): Each =>
  'price' in level ? { ...level, price: timesThousand(level.price) } : level;

/** Levels that fit the entry of the text may still lie far from the market. */
const refuseFar = ({ side }: TradeIdea, barriers: Barriers, price: DecimalString | null): Refusal | null =>
  price === null ? null : refuseImplausible(barriers, { side, price });

const toDraft = (
  { message }: EvaluationInput,
  subscription: Subscription,
  idea: TradeIdea,
  found: Pick<SignalDraft, 'symbol' | 'barriers' | 'referencePrice'>,
): SignalDraft => ({
  ...found,
  agentId: subscription.agentId,
  side: idea.side,
  origin: 'message',
  messageId: message.id,
  confidence: weigh(subscription, idea),
  weightPct: subscription.kindWeight,
  sizeModel: idea.sizeModel ?? subscription.sizeModel,
  requestedVenue: 'MULTI',
  leverage: idea.leverage === null ? null : Math.max(1, Math.floor(idea.leverage)),
  maxDriftPct: subscription.maxDriftPct,
  calledAt: calledAt(message),
  expiresAt: calledAt(message) + subscription.signalTtlMs,
});

/** A source's clock may run ahead; a call is never younger than our receipt of it. */
const calledAt = ({ postedAt, receivedAt }: SourceMessageRow): number => Math.min(postedAt, receivedAt);

/** Four decimals: more would only show how floating point multiplies. */
const weigh = ({ weight, kindWeight }: Subscription, { confidence }: TradeIdea): number =>
  Number(((confidence * weight * kindWeight) / 10_000).toFixed(4));

const refuseAgent = ({ status, agentName }: Subscription): Refusal | null =>
  status === 'paused' ? refusal('agent_paused', `Agent: ${agentName}.`) : null;

function refuseStale({ message, now }: EvaluationInput, { signalTtlMs }: Subscription): Refusal | null {
  const ageMs = now - calledAt(message);
  if (ageMs < signalTtlMs) return null;
  return refusal(
    'stale',
    `It was posted ${seconds(ageMs)} s ago; the agent takes ${seconds(signalTtlMs)} s.`,
  );
}

const seconds = (ms: number): string => (ms / 1000).toFixed(0);

function refuseConfidence(subscription: Subscription, idea: TradeIdea): Refusal | null {
  const weighed = weigh(subscription, idea);
  const { weight, kindWeight, minConfidence, agentName } = subscription;
  if (weighed >= minConfidence && kindWeight > 0) return null;
  const ofKind = kindWeight === FULL_WEIGHT ? '' : ` of a kind that counts ${kindWeight} %`;
  return refusal(
    'low_confidence',
    `${idea.symbol} ${idea.side}: ${idea.confidence.toFixed(2)} from a source trusted at ${weight} %${ofKind} makes ` +
      `${weighed.toFixed(2)}; ${agentName} asks for ${minConfidence.toFixed(2)}.`,
  );
}

/** What the author says goes before what the agent does by default (domain/complete-barriers.ts). */
function mergeBarriers({ barriers, agentName }: Subscription, idea: TradeIdea): Ruling<Barriers> {
  const defaults = parseAgentBarriers(barriers);
  const own = parseBarriers(idea.barriers);
  if (!defaults.ok)
    return refuse('invalid_barriers', `Defaults of ${agentName}: ${describe(defaults.problems)}.`);
  if (!own.ok) return refuse('invalid_barriers', `${describe(own.problems)}.`);
  return accept(completeBarriers(own.barriers, defaults.barriers));
}

const describe = (problems: readonly { field: string; message: string }[]): string =>
  problems.map(({ field, message }) => `${field} ${message}`.trim()).join('; ');

/** Whether a stop or target lies on the wrong side of the entry; unknown, and so fine, without one. */
function refuseLevels(
  { side }: TradeIdea,
  barriers: Barriers,
  entryPrice: DecimalString | null,
): Refusal | null {
  if (entryPrice === null) return null;
  const resolved = resolveBarriers(barriers, { side, entryPrice });
  return resolved.ok ? null : resolved.refusal;
}
