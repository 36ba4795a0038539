/** The part of a pino logger the adapter uses. */
export interface Logger {
  warn(details: Record<string, unknown>, message: string): void;
}

/** Pace of a live connection, in ms. */
export interface SocketPace {
  /** Silence after which the venue is sent a ping. */
  pingAfterMs: number;
  /** Silence after which the connection counts as dead. */
  staleAfterMs: number;
  connectTimeoutMs: number;
  /** Wait before the second attempt to connect; each further wait is twice as long, up to `maxBackoffMs`. */
  minBackoffMs: number;
  maxBackoffMs: number;
}

export interface HyperliquidOptions {
  /** `http(s)` base address of the API; the stream is at `/ws` under it. */
  url: string;
  /** The network for which signatures are made, whatever the address. */
  network: 'testnet' | 'mainnet';
  timeoutMs?: { exchange?: number; info?: number };
  /** Request weight that this process may use in a minute. All processes behind one IP share the venue's 1200. */
  weightPerMinute?: number;
  stream?: Partial<SocketPace>;
  /** Markets built by others (HIP-3) to trade in, by their short names; their instruments are called `dex:COIN`. */
  builtMarkets?: readonly string[];
  /** The builder who is paid an extra fee on every order; each account must have approved the builder. */
  builder?: BuilderFee;
  logger?: Logger;
}

export interface BuilderFee {
  address: string;
  /** Tenths of a basis point, at most 100 on perpetuals. Source: official documentation, "builder codes". */
  tenthsOfBps: number;
}

export const DEFAULT_TIMEOUT_MS = 10_000;

/** Source: official documentation, "rate limits". */
export const VENUE_WEIGHT_PER_MINUTE = 1_200;

/** The venue closes a connection on which nothing was said for 60 s; prices usually come every few seconds. */
export const DEFAULT_PACE: SocketPace = {
  pingAfterMs: 5_000,
  staleAfterMs: 15_000,
  connectTimeoutMs: 5_000,
  minBackoffMs: 250,
  maxBackoffMs: 5_000,
};

export const SILENT: Logger = { warn: () => undefined };
