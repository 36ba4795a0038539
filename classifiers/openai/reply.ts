import type { ModelFailure } from './failure.ts';

/** Tokens as the server counts them. */
export interface Usage {
  inputTokens: number;
  outputTokens: number;
}

/** The end of one request: an answer as it came, or the reason why there is none. */
export interface ModelReply {
  /** Kept also where the answer was cut off or refused. */
  raw: string | null;
  failure: ModelFailure | null;
  /** Null where the server tells none, or none that can be. */
  usage: Usage | null;
  /** The model as the server names it. */
  model: string | null;
  requestId: string | null;
  /** True where tokens may have been counted that the server did not tell. */
  isCostUnknown: boolean;
}

export const failed = (failure: ModelFailure, isCostUnknown: boolean): ModelReply => ({
  raw: null,
  failure,
  usage: null,
  model: null,
  requestId: null,
  isCostUnknown,
});
