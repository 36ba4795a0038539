import type { Barriers } from '#domain/barriers.ts';
import type { Side, Symbol } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';

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
}

/**
 * - `call`: names an instrument and a direction to trade.
 * - `opinion`: leans one way without a call.
 * - `noise`: neither; also everything that contradicts itself.
 */
export type Label = 'call' | 'opinion' | 'noise';

/** What a classifier makes of one message. */
export interface ClassifiedMessage {
  label: Label;
  /** 0..1. */
  confidence: number;
  /** What in the text led to this, for a person to read. */
  reasons: string[];
  ideas: TradeIdea[];
}

/** The port behind which rules and language models look the same. */
export interface Classifier {
  /** Name and version, stored with each classification: `rules/1`. */
  readonly name: string;
  classify(message: { text: string; author: string; postedAt: number }): Promise<ClassifiedMessage>;
}
