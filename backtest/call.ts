import type { CallTerms } from '#domain/judge-idea.ts';
import type { BacktestRefusalCode, UntradedSignal } from './result.ts';

/** Where a call comes from; null where it was given as a signal. */
export interface CallOrigin {
  signalId: string;
  postId: string | null;
  source: string | null;
  author: string | null;
  agent: string;
  postedAt: number;
  /** The price that the post names. */
  callPrice: string | null;
}

/** A call that the agent takes, to be traded on its terms. */
export interface Call extends CallOrigin {
  terms: CallTerms;
}

/** Returns the record of a call that is not traded. */
export const untraded = (
  { signalId, postId, source, author, agent, postedAt }: CallOrigin,
  { symbol, side }: Pick<UntradedSignal, 'symbol' | 'side'>,
  { code, text }: { code: BacktestRefusalCode; text: string },
): UntradedSignal => ({
  signalId,
  postId,
  source,
  author,
  agent,
  symbol,
  side,
  venue: null,
  postedAt,
  code,
  text,
});
