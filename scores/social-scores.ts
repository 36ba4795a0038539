import type { SocialFacts } from '#domain/scoring/social-part.ts';

/** A coin as a service knows it. */
export interface SocialCoin {
  /** The service's own number of the coin: symbols are not unique, and change. */
  id: number;
  symbol: string;
  /** In USD; null where the service does not say. */
  price: number | null;
  /** 1 is the largest coin; null where the service does not say. */
  capRank: number | null;
  facts: SocialFacts;
}

export interface SocialReading {
  /** When the service computed it, in epoch ms. */
  generatedAt: number;
  coins: readonly SocialCoin[];
}

/** A service that says how people speak of coins. */
export interface SocialScores {
  readonly name: string;
  /** Reads all coins with one request. Throws `SocialScoresError`. */
  read(): Promise<SocialReading>;
}

/** Why a service could not be read. `fatal`: no retry helps before somebody changes the configuration. */
export class SocialScoresError extends Error {
  override name = 'SocialScoresError';
  readonly code: string;
  readonly verdict: 'retry' | 'fatal';
  /** How long the service wants to be left alone, in ms; null where it does not say. */
  readonly retryAfterMs: number | null;

  constructor(
    code: string,
    message: string,
    { verdict = 'retry', retryAfterMs = null, cause }: Partial<Verdict> & { cause?: unknown } = {},
  ) {
    super(message, { cause });
    this.code = code;
    this.verdict = verdict;
    this.retryAfterMs = retryAfterMs;
  }
}

type Verdict = Pick<SocialScoresError, 'verdict' | 'retryAfterMs'>;
