import { resolveBarriers, type Barriers, type Level } from '#domain/barriers.ts';
import type { Side } from '#domain/ids.ts';
import { refuseImplausible } from '#domain/levels.ts';
import { amount, decimalString, type DecimalString } from '#domain/money.ts';
import { refusal, type Refusal } from '#domain/reasons.ts';
import type { TradeIdea } from '../classifier.ts';
import type { Reading } from './reading.ts';

/** One idea from all calls for the same side of an instrument: the first word on each part stands. */
export function toCall(same: readonly Reading[], readings: readonly Reading[]): TradeIdea {
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

/** A confidence lies between 0 and 1 and has two decimals. */
export const round = (confidence: number): number =>
  Math.round(Math.min(Math.max(confidence, 0), 1) * 100) / 100;

/** Returns the part of an idea that cannot be meant, or null. Without an entry the stop is held against the market, then the targets. */
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

/** Returns an idea in one line, for the reasons of a message. */
export function explain({ symbol, side, entry, barriers, leverage, confidence }: TradeIdea): string {
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
