import { parseAgentBarriers } from './agent-barriers.ts';
import { resolveBarriers, type Barriers, type Level } from './barriers.ts';
import { completeBarriers } from './complete-barriers.ts';
import type { Side, Symbol, VenueName } from './ids.ts';
import { refuseImplausible } from './levels.ts';
import { amount, decimalString, type DecimalString } from './money.ts';
import { parseBarriers } from './parse-barriers.ts';
import { accept, refusal, refuse, type Refusal, type Ruling } from './reasons.ts';
import type { SizeModel } from './sizing.ts';
import { normaliseSymbol } from './symbols.ts';
import type { TradeIdea } from './trade-idea.ts';
import { FULL_WEIGHT } from './weights.ts';

/** Prices and instruments at the time messages are judged. */
export interface Market {
  /** The symbols venues list. */
  listed: ReadonlySet<Symbol>;
  /** Venues whose instruments have not been read yet, so that they may list more. */
  unreached: readonly VenueName[];
  /** Last known prices; a symbol may be missing. */
  prices: ReadonlyMap<Symbol, DecimalString>;
}

/** An agent that listens to the source of a message, with what it asks of calls and adds to them. */
export interface Listener {
  agentName: string;
  status: 'active' | 'paused';
  /** How much the agent trusts the source, 0 to 100. */
  weight: number;
  /** How much the agent lets sources of this kind count, 0 to 100. */
  kindWeight: number;
  minConfidence: number;
  /** As stored; to be read with `parseAgentBarriers`. */
  barriers: unknown;
  sizeModel: SizeModel;
  signalTtlMs: number;
  maxDriftPct: number;
}

/** The message that an idea stands in, and the market at the time (epoch ms) at which it is judged. */
export interface IdeaContext {
  message: { postedAt: number; receivedAt: number };
  market: Market;
  now: number;
}

/** A call as it is offered to the deployments of an agent. Times are epoch ms. */
export interface CallTerms {
  symbol: Symbol;
  side: Side;
  /** 0 to 1, after weighing. */
  confidence: number;
  sizeModel: SizeModel;
  barriers: Barriers;
  /** As the author asks for it; null leaves it to the deployment. */
  leverage: number | null;
  /** Part of the size that is traded, in percent. */
  weightPct: number;
  referencePrice: DecimalString | null;
  maxDriftPct: number;
  calledAt: number;
  expiresAt: number;
}

/**
 * Returns the terms on which a listener takes an idea of a message, or why it does not: its status, the age of the
 * message, the confidence after weighing, the symbol, and levels that fit neither entry nor price.
 */
export function judgeIdea(input: IdeaContext, listener: Listener, told: TradeIdea): Ruling<CallTerms> {
  const hindrance = refuseAgent(listener) ?? refuseStale(input, listener) ?? refuseConfidence(listener, told);
  if (hindrance) return { ok: false, refusal: hindrance };
  const symbol = normaliseSymbol(told.symbol, input.market.listed);
  if (!symbol.ok) return refuseUnlisted(symbol.refusal, input.market);
  if (told.problem) return { ok: false, refusal: told.problem };
  const idea = inUnitsOf(symbol.value, told);
  const barriers = mergeBarriers(listener, idea);
  if (!barriers.ok) return barriers;
  const price = input.market.prices.get(symbol.value) ?? null;
  const referencePrice = idea.entry ?? price;
  const wrongSide =
    refuseLevels(idea, barriers.value, referencePrice) ?? refuseFar(idea, barriers.value, price);
  if (wrongSide) return { ok: false, refusal: wrongSide };
  return accept(
    toTerms(input, listener, idea, { symbol: symbol.value, barriers: barriers.value, referencePrice }),
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

const toTerms = (
  { message }: IdeaContext,
  listener: Listener,
  idea: TradeIdea,
  found: Pick<CallTerms, 'symbol' | 'barriers' | 'referencePrice'>,
): CallTerms => ({
  ...found,
  side: idea.side,
  confidence: weigh(listener, idea),
  weightPct: listener.kindWeight,
  sizeModel: idea.sizeModel ?? listener.sizeModel,
  leverage: idea.leverage === null ? null : Math.max(1, Math.floor(idea.leverage)),
  maxDriftPct: listener.maxDriftPct,
  calledAt: calledAt(message),
  expiresAt: calledAt(message) + listener.signalTtlMs,
});

/** A source's clock may run ahead; a call is never younger than our receipt of it. */
const calledAt = ({ postedAt, receivedAt }: IdeaContext['message']): number => Math.min(postedAt, receivedAt);

/** Four decimals: more would only show how floating point multiplies. */
const weigh = ({ weight, kindWeight }: Listener, { confidence }: TradeIdea): number =>
  Number(((confidence * weight * kindWeight) / 10_000).toFixed(4));

const refuseAgent = ({ status, agentName }: Listener): Refusal | null =>
  status === 'paused' ? refusal('agent_paused', `Agent: ${agentName}.`) : null;

function refuseStale({ message, now }: IdeaContext, { signalTtlMs }: Listener): Refusal | null {
  const ageMs = now - calledAt(message);
  if (ageMs < signalTtlMs) return null;
  return refusal(
    'stale',
    `It was posted ${seconds(ageMs)} s ago; the agent takes ${seconds(signalTtlMs)} s.`,
  );
}

const seconds = (ms: number): string => (ms / 1000).toFixed(0);

function refuseConfidence(listener: Listener, idea: TradeIdea): Refusal | null {
  const weighed = weigh(listener, idea);
  const { weight, kindWeight, minConfidence, agentName } = listener;
  if (weighed >= minConfidence && kindWeight > 0) return null;
  const ofKind = kindWeight === FULL_WEIGHT ? '' : ` of a kind that counts ${kindWeight} %`;
  return refusal(
    'low_confidence',
    `${idea.symbol} ${idea.side}: ${idea.confidence.toFixed(2)} from a source trusted at ${weight} %${ofKind} makes ` +
      `${weighed.toFixed(2)}; ${agentName} asks for ${minConfidence.toFixed(2)}.`,
  );
}

/** What the author says goes before what the agent does by default (domain/complete-barriers.ts). */
function mergeBarriers({ barriers, agentName }: Listener, idea: TradeIdea): Ruling<Barriers> {
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
export function refuseLevels(
  { side }: TradeIdea,
  barriers: Barriers,
  entryPrice: DecimalString | null,
): Refusal | null {
  if (entryPrice === null) return null;
  const resolved = resolveBarriers(barriers, { side, entryPrice });
  return resolved.ok ? null : resolved.refusal;
}
