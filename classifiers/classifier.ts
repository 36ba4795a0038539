import type { Barriers } from '#domain/barriers.ts';
import type { Side, Symbol } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { Refusal } from '#domain/reasons.ts';

/** A trade that a message proposes. */
export interface TradeIdea {
  symbol: Symbol;
  side: Side;
  /** Price or middle of the zone the author names for the entry. */
  entry: DecimalString | null;
  /** Stop and targets as far as the author gave them. */
  barriers: Barriers;
  leverage: number | null;
  confidence: number;
  /** Why the call must not be traded as it was read: a stop that cannot be read, a level that cannot be meant. */
  problem?: Refusal | null;
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

/** The label of one message, the trades that it proposes, and the reasons for both. */
export interface ClassifiedMessage {
  label: Label;
  kind?: MessageKind | null;
  /** 0..1. */
  confidence: number;
  /** The parts of the text that led to this, for a person to read. */
  reasons: string[];
  ideas: TradeIdea[];
}

/** A message, and the known prices of instruments at the time of its posting, by symbol. */
export interface MessageToClassify {
  text: string;
  author: string;
  postedAt: number;
  prices?: ReadonlyMap<Symbol, DecimalString>;
}

/** The port that rules and language models both fill. */
export interface Classifier {
  /** Name and version, stored with each classification: `rules/1`. */
  readonly name: string;
  classify(message: MessageToClassify): Promise<ClassifiedMessage>;
}
