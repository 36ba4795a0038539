import type { Barriers, Level } from '#domain/barriers.ts';
import type { TradeIdea } from '../classifier.ts';
import { problemOf } from '../idea-problem.ts';
import { planConfidence, round } from '../plan-confidence.ts';
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

/** Reserve, the past tense and doubts lower the confidence of a plan. docs/classifier.md says how often each is right. */
function confidenceOf(
  idea: Omit<TradeIdea, 'confidence'>,
  same: readonly Reading[],
  readings: readonly Reading[],
): number {
  const { barriers, entry, symbol, side } = idea;
  const bare = Object.keys(barriers).length === 0 && entry === null;
  const doubts = readings.some(
    ({ cue, ...reading }) =>
      reading.symbol === symbol && cue.kind === 'opinion' && cue.standing === 'live' && cue.side !== side,
  );
  const parts = [
    planConfidence(idea),
    same.every(({ cue }) => cue.hedged) ? -0.25 : 0,
    same.every(({ cue }) => cue.done) ? (bare ? -0.2 : -0.05) : 0,
    doubts ? -0.1 : 0,
  ];
  return round(parts.reduce((sum, part) => sum + part, 0));
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
