import { resolveBarriers, type Barriers, type Level } from '#domain/barriers.ts';
import { refuseImplausible } from '#domain/levels.ts';
import type { Side, Symbol } from '#domain/ids.ts';
import { amount, decimalString, type DecimalString } from '#domain/money.ts';
import { refusal, type Refusal } from '#domain/reasons.ts';
import type { ClassifiedMessage, MessageKind, TradeIdea } from '../classifier.ts';
import type { Plan } from './plan.ts';
import type { Cue, Standing } from './sides.ts';

/** A side taken in one instrument, with all that belongs to it. */
export interface Reading {
  symbol: Symbol;
  cue: Cue;
  plan: Plan;
  /** Named together with other instruments, which one price cannot all be for. */
  shared: boolean;
  /** What the instrument costs now, or null. */
  price: DecimalString | null;
}

/** Standings that still lean one way, and how far they are to be trusted. */
const LEANING: Partial<Record<Standing, number>> = { conditional: 0.3, report: 0.2, question: 0.15 };
const STANDINGS: Record<Standing, string> = {
  live: 'a call',
  negated: 'negated',
  closing: 'about closing',
  report: 'a report of something past',
  others: "about other people's positions",
  conditional: 'conditional',
  question: 'a question',
  result: 'a result',
  cancel: 'cancelled',
  close: 'about closing',
  update: 'an update of a trade that exists',
  paper: 'no real trade',
  advert: 'an advert',
  news: 'news or statistics',
  instructions: 'an instruction to whoever reads it',
};
const KINDS: Record<Standing, MessageKind> = {
  live: 'call',
  negated: 'negated',
  closing: 'close',
  report: 'report',
  others: 'others',
  conditional: 'conditional',
  question: 'question',
  result: 'result',
  cancel: 'cancel',
  close: 'close',
  update: 'update',
  paper: 'paper',
  advert: 'advert',
  news: 'news',
  instructions: 'instructions',
};
const MAX_OPINION = 0.45;

const noise = (kind: MessageKind, reasons: string[], ideas: TradeIdea[] = []): ClassifiedMessage => ({
  label: 'noise',
  kind,
  confidence: 0,
  reasons,
  ideas,
});

/** What is known of a message besides its readings. */
export interface Surroundings {
  /** What looked like an instrument and is none that can be traded. */
  problems: readonly string[];
  /** The kinds of follow-up that it holds, most telling first. */
  kinds: readonly MessageKind[];
  /** It holds writing of a language that is not read. */
  isForeign: boolean;
}

/**
 * Returns the classification of all readings of a message. Confidence is that of the best idea. Noise keeps an idea
 * only where its own levels contradict it, so that a person can see which.
 */
export function judge(readings: readonly Reading[], surroundings: Surroundings): ClassifiedMessage {
  const { problems, kinds } = surroundings;
  if (kinds.includes('instructions'))
    return noise('instructions', ['words aimed at a machine that reads the text']);
  const calls = readings.filter(({ cue }) => cue.kind === 'call' && cue.standing === 'live');
  if (calls.length > 0) return judgeCalls(calls, readings, problems);
  const reasons = [...readings.map(describe), ...problems];
  const opinions = toOpinions(readings);
  if (opinions.length === 0)
    return noise(kindOf(readings, surroundings), unique(reasonsOf(reasons, surroundings)));
  const torn = bothSides(opinions);
  if (torn !== null) return noise('contradiction', [`${torn} is seen both ways`, ...unique(reasons)]);
  const kind = readings.map(({ cue }) => KINDS[cue.standing]).find((each) => each !== 'call') ?? 'opinion';
  return { label: 'opinion', kind, confidence: best(opinions), reasons: unique(reasons), ideas: opinions };
}

function kindOf(readings: readonly Reading[], { kinds, isForeign }: Surroundings): MessageKind {
  const said = readings.map(({ cue }) => KINDS[cue.standing]).find((kind) => kind !== 'call');
  return said ?? kinds[0] ?? (isForeign && readings.length === 0 ? 'language' : 'noise');
}

function reasonsOf(reasons: string[], { kinds, isForeign }: Surroundings): string[] {
  if (reasons.length > 0) return reasons;
  if (kinds[0] !== undefined) return [`${kinds[0]}, no call`];
  return [isForeign ? 'written in a language that is not read (language)' : 'no instrument with a direction'];
}

function judgeCalls(
  calls: readonly Reading[],
  readings: readonly Reading[],
  problems: readonly string[],
): ClassifiedMessage {
  const ideas = [...Map.groupBy(calls, ({ symbol, cue }) => `${cue.side} ${symbol}`).values()].map((same) =>
    toCall(same, readings),
  );
  const torn = bothSides(ideas);
  if (torn !== null) return noise('contradiction', [`${torn} is called long and short at once`]);
  const sharedPrice = calls.find(({ shared, plan }) => shared && namesPrices(plan));
  if (sharedPrice)
    return noise('contradiction', [`one price cannot hold for ${sharedPrice.symbol} and others together`]);
  const refusals = ideas.flatMap(({ problem }) => (problem ? [`${problem.code}: ${problem.text}`] : []));
  const reasons = unique([...ideas.map(explain), ...refusals, ...problems]);
  return { label: 'call', kind: 'call', confidence: best(ideas), reasons, ideas };
}

const unique = (reasons: readonly string[]): string[] => [...new Set(reasons)];
const best = (ideas: readonly TradeIdea[]): number => Math.max(...ideas.map(({ confidence }) => confidence));
const round = (confidence: number): number => Math.round(Math.min(Math.max(confidence, 0), 1) * 100) / 100;

const describe = ({ symbol, cue }: Reading): string =>
  cue.standing === 'live'
    ? `${symbol} sounds ${cue.side}`
    : `${cue.side} ${symbol} is ${STANDINGS[cue.standing]}`;

function bothSides(ideas: readonly TradeIdea[]): Symbol | null {
  const sides = new Map<Symbol, Side>();
  for (const { symbol, side } of ideas) {
    if ((sides.get(symbol) ?? side) !== side) return symbol;
    sides.set(symbol, side);
  }
  return null;
}

function toOpinions(readings: readonly Reading[]): TradeIdea[] {
  const leaning = readings.filter(({ cue }) => leanOf(cue) > 0);
  return [...Map.groupBy(leaning, ({ symbol, cue }) => `${cue.side} ${symbol}`).values()].flatMap((same) => {
    const [first] = same;
    if (!first) return [];
    const strongest = Math.max(...same.map(({ cue }) => leanOf(cue)));
    const confidence = round(Math.min(strongest + 0.05 * (same.length - 1), MAX_OPINION));
    const { entry, leverage } = first.plan;
    return [{ entry, leverage, barriers: {}, symbol: first.symbol, side: first.cue.side, confidence }];
  });
}

function leanOf({ kind, standing }: Cue): number {
  if (kind === 'call') return LEANING[standing] ?? 0;
  return standing === 'live' ? 0.35 : 0;
}

/** One idea from all calls for the same side of an instrument: the first word on each part stands. */
function toCall(same: readonly Reading[], readings: readonly Reading[]): TradeIdea {
  const [first] = same;
  if (!first) throw new RangeError('a call needs a reading');
  const { symbol, cue } = first;
  const barriers = same.reduceRight<Barriers>((all, { plan }) => ({ ...all, ...plan.barriers }), {});
  const idea = {
    symbol,
    side: cue.side,
    entry: same.find(({ plan }) => plan.entry !== null)?.plan.entry ?? null,
    barriers,
    leverage: same.find(({ plan }) => plan.leverage !== null)?.plan.leverage ?? null,
  };
  const unread = same.find(({ plan }) => plan.problem !== null && plan.problem.code !== 'stop_unreadable')
    ?.plan.problem;
  const problem = unread ?? (barriers.stopLoss ? null : first.plan.problem) ?? problemOf(idea, first.price);
  return { ...idea, problem, confidence: confidenceOf(idea, same, readings) };
}

/**
 * A bare call is 0.6; what a careful author adds raises it, a stop together with targets most, reserve and the past tense
 * lower it. The figures in docs/classifier.md say how often each is right.
 */
function confidenceOf(
  idea: Omit<TradeIdea, 'confidence'>,
  same: readonly Reading[],
  readings: readonly Reading[],
): number {
  const { barriers, entry, leverage, symbol, side } = idea;
  const bare = Object.keys(barriers).length === 0 && entry === null;
  const doubts = readings.some(
    ({ cue, ...reading }) =>
      reading.symbol === symbol && cue.kind === 'opinion' && cue.standing === 'live' && cue.side !== side,
  );
  const parts = [
    0.6,
    barriers.stopLoss ? 0.12 : 0,
    barriers.takeProfits ? 0.1 : 0,
    barriers.stopLoss && barriers.takeProfits ? 0.08 : 0,
    barriers.trailing ? 0.08 : 0,
    entry === null ? 0 : 0.06,
    leverage === null ? 0 : 0.02,
    same.every(({ cue }) => cue.hedged) ? -0.25 : 0,
    same.every(({ cue }) => cue.done) ? (bare ? -0.2 : -0.05) : 0,
    doubts ? -0.1 : 0,
  ];
  return round(parts.reduce((sum, part) => sum + part, 0));
}

const namesPrices = ({ entry, barriers }: Plan): boolean =>
  entry !== null ||
  [barriers.stopLoss, ...(barriers.takeProfits ?? [])].some((level) => level && 'price' in level);

/** What in an idea cannot be meant, or null. Without an entry the stop is held against the market, then the targets. */
function problemOf(
  { symbol, side, entry, barriers }: Pick<TradeIdea, 'symbol' | 'side' | 'entry' | 'barriers'>,
  price: DecimalString | null,
): Refusal | null {
  const near = price ?? entry;
  const implausible = near === null ? null : refuseImplausible(barriers, { side, price: near });
  if (implausible) return implausible;
  if (price !== null && entry !== null && isFar(entry, price))
    return refusal('implausible_level', `An entry at ${entry} is too far from a price of ${price}.`);
  const anchor = entry ?? anchorFrom(side, barriers);
  if (anchor === null) return null;
  const resolved = resolveBarriers(barriers, { side, entryPrice: anchor });
  return resolved.ok ? null : { ...resolved.refusal, text: `${side} ${symbol}: ${resolved.refusal.text}` };
}

/** An entry beyond half or twice the market belongs to another instrument, or has lost a decimal sign. */
const isFar = (entry: DecimalString, price: DecimalString): boolean => {
  const ratio = Number(entry) / Number(price);
  return ratio < 0.5 || ratio > 2;
};

/** A price just short of the nearest target; null without a target at a price. */
function anchorFrom(side: Side, { takeProfits = [] }: Barriers): DecimalString | null {
  const prices = takeProfits.flatMap((rung) => ('price' in rung ? [amount(rung.price)] : []));
  const [nearest] = prices.sort((a, b) => (side === 'long' ? a.cmp(b) : b.cmp(a)));
  return nearest ? decimalString(nearest.mul(side === 'long' ? 0.999_999 : 1.000_001)) : null;
}

function explain({ symbol, side, entry, barriers, leverage, confidence }: TradeIdea): string {
  const { stopLoss, takeProfits = [], trailing = [], breakEven } = barriers;
  const parts = [
    `${side} ${symbol}`,
    entry === null ? '' : `entry ${entry}`,
    stopLoss ? `stop ${show(stopLoss)}` : '',
    takeProfits.length > 0 ? `targets ${takeProfits.map(show).join(', ')}` : '',
    ...trailing.map(({ distancePct }) => `trailing ${distancePct} %`),
    breakEven ? `break-even after target ${breakEven.afterTakeProfit}` : '',
    leverage === null ? '' : `${leverage}x`,
  ];
  return `${parts.filter(Boolean).join(', ')} (${confidence.toFixed(2)})`;
}

const show = (level: Level): string => ('price' in level ? level.price : `${level.pct} %`);
