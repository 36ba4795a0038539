/** What `signalman demo` was asked to do. */
export interface DemoOptions {
  /** End when the trades of the posts have closed. */
  once: boolean;
  /** With `once`: close what is still open after this long. */
  forSeconds: number;
  /** Price file for `coin`; without one all prices are generated. */
  prices: string | null;
  coin: string;
  /** How many times faster than recorded; without a price file the pace of the generator. */
  speed: number;
  seed: number;
  posts: string;
  json: boolean;
}

/** A month of one-minute candles in about three quarters of an hour. */
export const DEFAULT_REPLAY_SPEED = 1_000;
/** Generated prices at twice their usual pace: moves of 0.4 % take seconds. */
export const DEFAULT_PACE = 2;
export const DEFAULT_FOR_SECONDS = 120;
export const DEFAULT_SEED = 7;
