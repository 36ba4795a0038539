import { CsvFeed } from '#sandbox/feeds/csv-feed.ts';
import { checkPrices } from '#sandbox/feeds/csv.ts';
import type { Feed } from '#sandbox/feeds/feed.ts';
import { GeneratorFeed } from '#sandbox/feeds/generator.ts';
import { findPair, nameOf, PAIRS } from './pairs.ts';
import type { PriceBoard } from './price-board.ts';

/** Where prices come from; with neither file nor seed they stand until set. */
export interface FeedOptions {
  /** Generates the prices of all pairs that no file is for. */
  readonly seed?: number;
  /** CSV of candles or ticks, replayed into `pair`. */
  readonly prices?: string;
  /** Pair that the price file is for; default BTC-USD. */
  readonly pair?: string;
  /** Replay speed of a price file; default 1. */
  readonly speed?: number;
  /** Give no price of the feeds until they are resumed. */
  readonly startPaused?: boolean;
}

export interface RunningFeed {
  pause(): void;
  resume(): void;
  stop(): void;
}

/** Rejects with PriceFileError for a price file whose beginning cannot be read, CommandError for an unknown pair. */
export async function checkFeed({ prices, pair }: FeedOptions): Promise<void> {
  if (pair !== undefined) findPair(pair);
  if (prices !== undefined) await checkPrices(prices);
}

/** Starts what the options ask for; what goes wrong in a file later is told to `onError`. */
export function startFeed(
  board: PriceBoard,
  options: FeedOptions,
  onError: (error: unknown) => void,
): RunningFeed {
  const feeds = feedsOf(options);
  if (options.startPaused === true) for (const feed of feeds) feed.pause();
  for (const feed of feeds) feed.run((name, price) => board.set(findPair(name), price)).catch(onError);
  return {
    pause: () => feeds.forEach((feed) => feed.pause()),
    resume: () => feeds.forEach((feed) => feed.resume()),
    stop: () => feeds.forEach((feed) => feed.stop()),
  };
}

function feedsOf({ seed, prices, pair = 'BTC-USD', speed = 1 }: FeedOptions): Feed[] {
  const recorded = prices === undefined ? undefined : nameOf(findPair(pair));
  const coins = PAIRS.filter((each) => nameOf(each) !== recorded).map((each) => ({
    coin: nameOf(each),
    basePx: each.basePx,
    decimals: each.decimals,
  }));
  return [
    ...(recorded === undefined || prices === undefined
      ? []
      : [new CsvFeed({ file: prices, coin: recorded, speed })]),
    ...(seed === undefined ? [] : [new GeneratorFeed({ seed, coins })]),
  ];
}
