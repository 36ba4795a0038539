import type { Level } from '#domain/barriers.ts';
import type { Side, Symbol } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import { normaliseSymbol } from '#domain/symbols.ts';
import type { ClassifiedMessage, Classifier, Decision, ModelAnswer, TradeIdea } from '../classifier.ts';
import type { MessageLine } from './labelled-message.ts';

/** A level on a line: a price as a string, or a percent of the price. */
export type LineLevel = DecimalString | { pct: number };

/** One call as a classifier read it. */
export interface ClassifiedCall {
  side: Side | null;
  instruments: Symbol[];
  entry: DecimalString | null;
  stop: LineLevel | null;
  targets: LineLevel[];
  leverage: number | null;
}

/** The reading of one message, as `signalman classify --json` prints it. */
export interface ClassifiedLine extends ClassifiedCall {
  id: string;
  label: ClassifiedMessage['label'];
  kind: string;
  /** Whether the message is a call to trade now. */
  candidate: boolean;
  confidence: number;
  reasons: string[];
  /** Why the call is not traded as it stands, or why the message is none, as a code; null when there is nothing to say. */
  problem: string | null;
  /** Every call, where the text holds several. */
  ideas?: ClassifiedCall[];
  /** Who decided, where a model may be asked. */
  decision?: Decision;
  /** What the model cost and how long it took, where it was asked. */
  asked?: Pick<ModelAnswer, 'costUsd' | 'latencyMs' | 'inputTokens' | 'outputTokens'>;
}

/** Kinds of a message that are told as a problem: there is a call, and it is not to be traded now. */
const PROBLEM_KINDS = ['conditional', 'contradiction', 'language'];

/** Returns what the classifier makes of a line, at the prices given with it. */
export async function classifyLine(classifier: Classifier, line: MessageLine): Promise<ClassifiedLine> {
  const classified = await classifier.classify({
    text: line.text,
    author: '',
    postedAt: 0,
    prices: pricesOf(line),
  });
  const candidate = classified.label === 'call' && !isDisputed(classified);
  const calls = candidate ? callsOf(classified.ideas) : [];
  const [first = NO_CALL] = calls;
  const kind = classified.kind ?? classified.label;
  return {
    id: line.id,
    label: classified.label,
    kind,
    candidate,
    ...first,
    instruments: [
      ...new Set(calls.filter(({ side }) => side === first.side).flatMap(({ instruments }) => instruments)),
    ],
    confidence: classified.confidence,
    reasons: classified.reasons,
    problem: isDisputed(classified)
      ? 'classifiers_disagree'
      : ((candidate ? classified.ideas.find(({ problem }) => problem)?.problem?.code : undefined) ??
        (PROBLEM_KINDS.includes(kind) ? kind : null)),
    ...(calls.length > 1 ? { ideas: calls } : {}),
    ...(classified.decision && { decision: classified.decision }),
    ...(classified.answer && { asked: askedOf(classified.answer) }),
  };
}

/** Calls on which rules and model disagree are traded by nobody. */
const isDisputed = ({ ideas }: ClassifiedMessage): boolean =>
  ideas.some(({ problem }) => problem?.code === 'classifiers_disagree');

const askedOf = ({
  costUsd,
  latencyMs,
  inputTokens,
  outputTokens,
}: ModelAnswer): NonNullable<ClassifiedLine['asked']> => ({
  costUsd,
  latencyMs,
  inputTokens,
  outputTokens,
});

const NO_CALL: ClassifiedCall = {
  side: null,
  instruments: [],
  entry: null,
  stop: null,
  targets: [],
  leverage: null,
};

const callsOf = (ideas: readonly TradeIdea[]): ClassifiedCall[] =>
  ideas.map(({ symbol, side, entry, barriers, leverage }) => ({
    side,
    instruments: [symbol],
    entry,
    stop: barriers.stopLoss ? toLine(barriers.stopLoss) : null,
    targets: (barriers.takeProfits ?? []).map(toLine),
    leverage,
  }));

const toLine = (level: Level): LineLevel => ('price' in level ? level.price : { pct: level.pct });

/** The prices of a line under our names of the instruments. */
function pricesOf({ now }: MessageLine): Map<Symbol, DecimalString> {
  const named = Object.entries(now ?? {}).map(([name, price]): [Symbol, DecimalString] => {
    const ruling = normaliseSymbol(name);
    return [ruling.ok ? ruling.value : name, price];
  });
  return new Map(named);
}
