import type { Side, Symbol } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { StructuredCall } from '#domain/structured-call.ts';
import type { TradeIdea } from '#domain/trade-idea.ts';

export type { TradeIdea } from '#domain/trade-idea.ts';

/** A call that waits for a price. */
export interface ConditionalCall {
  /** The call, whose entry is the price. */
  idea: TradeIdea;
  /** Where the price has to be: at `price`, or above or below it. */
  from: 'above' | 'below';
  price: DecimalString;
  /** How long the call holds, from its posting. */
  waitMs: number;
}

/** What a post tells those who hold a trade of its author to do. */
export interface TradeInstruction {
  /** The instrument as the post names it; null where it names none. */
  symbol: Symbol | null;
  /** The side of the trade; null where the post names none. */
  side: Side | null;
  action: 'close' | 'reduce' | 'move_stop';
  /** The part of what is open that `reduce` closes, above 0 and below 1. */
  fraction?: number;
  /** Where `move_stop` puts the stop. */
  stop?: { price: DecimalString } | 'break_even';
}

/**
 * The subject of a message, finer than its label: a call, news of a trade that exists already, or the reason why its
 * words for a side are no trade.
 */
export type MessageKind =
  | 'call'
  | 'conditional'
  | 'opinion'
  | 'question'
  | 'result'
  | 'cancel'
  | 'close'
  | 'update'
  | 'paper'
  | 'report'
  | 'negated'
  | 'others'
  | 'advert'
  | 'news'
  | 'instructions'
  | 'contradiction'
  | 'language'
  | 'noise';

/**
 * - `call`: names an instrument and a direction to trade.
 * - `opinion`: leans one way without a call.
 * - `noise`: neither; also everything that contradicts itself.
 */
export type Label = 'call' | 'opinion' | 'noise';

export const DECIDERS = ['rules', 'openai', 'both'] as const;
/** Who decides on a message: the rules, the language model, or both where they agree. */
export type Decider = (typeof DECIDERS)[number];

/** Who decided on one message. */
export interface Decision {
  by: Decider;
  /** Why the model did not decide, or that both disagree, for a person to read; null when nothing was in the way. */
  why: string | null;
}

/** An answer of a language model to one message, and what it cost. */
export interface ModelAnswer {
  /** The answer as it came; null when there was none. */
  raw: string | null;
  /** Model and request as the server names them. */
  model: string | null;
  requestId: string | null;
  /** Null where the server did not count them. */
  inputTokens: number | null;
  outputTokens: number | null;
  costUsd: number;
  latencyMs: number;
  /** True for an answer that was given to an identical text before: it cost nothing again. */
  isShared: boolean;
}

/** The label of one message, the trades that it proposes, and the reasons for both. */
export interface ClassifiedMessage {
  label: Label;
  kind?: MessageKind | null;
  /** 0..1. */
  confidence: number;
  /** The parts of the text that led to this, for a person to read. */
  reasons: string[];
  ideas: TradeIdea[];
  /** Absent where only rules are asked. */
  decision?: Decision;
  /** Absent where no model was asked. */
  answer?: ModelAnswer;
}

/** A message, and the known prices of instruments at the time of its posting, by symbol. */
export interface MessageToClassify {
  text: string;
  author: string;
  postedAt: number;
  /** A call that came in fields instead of words. */
  call?: StructuredCall | null;
  prices?: ReadonlyMap<Symbol, DecimalString>;
  /** The source it came from, which has a budget of its own. */
  source?: string;
}

/** Another process is being told about this very text now: its result is there soon. */
export class InOtherHands extends Error {
  override name = 'InOtherHands';
}

/** The port that rules and language models both fill. */
export interface Classifier {
  /** Name and version, stored with each classification: `rules/1`. */
  readonly name: string;
  classify(message: MessageToClassify): Promise<ClassifiedMessage>;
}
