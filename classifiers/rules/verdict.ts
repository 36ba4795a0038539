import { bothSides } from '../both-sides.ts';
import type { ClassifiedMessage, MessageKind, TradeIdea } from '../classifier.ts';
import { round } from '../plan-confidence.ts';
import { explain, toCall } from './idea.ts';
import type { Plan } from './plan/plan.ts';
import type { Reading } from './reading.ts';
import type { Cue, Standing } from './sides.ts';

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
  instructions: 'an instruction to the machine that reads it',
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

/** Facts about a message besides its readings. */
export interface Surroundings {
  /** Words that look like an instrument and name none that can be traded. */
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

const describe = ({ symbol, cue }: Reading): string =>
  cue.standing === 'live'
    ? `${symbol} sounds ${cue.side}`
    : `${cue.side} ${symbol} is ${STANDINGS[cue.standing]}`;

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

const namesPrices = ({ entry, barriers }: Plan): boolean =>
  entry !== null ||
  [barriers.stopLoss, ...(barriers.takeProfits ?? [])].some((level) => level && 'price' in level);
