import type { ModelFailure } from './failure.ts';

/** The end of a question to the model that holds for every identical text: an answer, or the lack of one. */
export interface KnownAnswer {
  raw: string | null;
  failure: ModelFailure | null;
  model: string | null;
  requestId: string | null;
}

/** Tokens and money of one question. */
export interface Spent {
  usd: number;
  inputTokens: number;
  outputTokens: number;
}

/** A question that is about to be asked. */
export interface Question {
  /** The same for identical texts, models and prompts. */
  key: string;
  /** The source whose budget it counts in; empty for none. */
  source: string;
  /** The most that it can cost, set aside until it has ended. */
  reserveUsd: number;
}

export type Begun =
  | { status: 'known'; answer: KnownAnswer }
  /** Another process asks it now. */
  | { status: 'elsewhere' }
  | { status: 'over_budget'; why: string }
  /** This process asks it now, under this claim. */
  | { status: 'begun'; claim: string };

/** A question of ours that has ended. */
export interface Ended extends Question {
  claim: string;
  spent: Spent;
  /** Null when the question is free to be asked again. */
  answer: KnownAnswer | null;
}

/** What was asked and answered, and what it cost, over all processes. */
export interface AnswerBook {
  /** Takes a question and sets its cost aside, both or neither. */
  begin(question: Question): Promise<Begun>;
  /** Writes down how a question ended, with what it has cost in the place of what was set aside. */
  finish(ended: Ended): Promise<void>;
}

/** A book of one process without a budget, for the command line. */
export const openBook: AnswerBook = {
  begin: async () => ({ status: 'begun', claim: '' }),
  finish: async () => undefined,
};
