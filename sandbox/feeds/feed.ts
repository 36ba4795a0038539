/** Where the sandbox's prices come from while it runs. */
export interface Feed {
  /** Coins whose marks this feed sets. */
  readonly coins: readonly string[];
  /** Starts calling `onTick`, in order, until stopped or out of prices. Resolves when the prices have ended. */
  run(onTick: (coin: string, px: string) => void): Promise<void>;
  pause(): void;
  resume(): void;
  stop(): void;
  /** Where the feed stands, for a restart to go on from; JSON. */
  position(): unknown;
}

/** Manual prices: whatever `setPrice` says. */
export class ManualFeed implements Feed {
  readonly coins: readonly string[] = [];
  readonly #stopped = Promise.withResolvers<void>();

  run(): Promise<void> {
    return this.#stopped.promise;
  }

  pause(): void {}

  resume(): void {}

  stop(): void {
    this.#stopped.resolve();
  }

  position(): null {
    return null;
  }
}

/** What a feed can learn of the market it starts in. */
export interface FeedMarket {
  readonly markets: readonly {
    readonly coin: string;
    /** Name of the builder who listed the coin, empty for the venue's own coins. */
    readonly dex: string;
    readonly spec: { readonly basePx: string; readonly szDecimals: number };
  }[];
}

/** Makes the feed of a sandbox; `position` is where an earlier run stood, undefined on a fresh start. */
export type FeedFactory = (position: unknown, market: FeedMarket) => Feed;
