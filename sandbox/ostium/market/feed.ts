import { CsvFeed } from '../../feeds/csv-feed.ts';
import { checkPrices } from '../../feeds/csv.ts';
import type { Feed } from '../../feeds/feed.ts';
import { GeneratorFeed } from '../../feeds/generator.ts';
import { findPair, nameOf, PAIRS } from './pairs.ts';
import type { PriceBoard } from './price-board.ts';

/** Source of prices. Without file and seed, prices change only by control commands. */
export interface FeedOptions {
  /** Seed of generated prices for all pairs except the one of the price file. */
  readonly seed?: number;
  /** CSV file of candles or ticks to replay into `pair`. */
  readonly prices?: string;
  /** Pair that the price file is for; default BTC-USD. */
  readonly pair?: string;
  /** Replay speed of a price file; default 1. */
  readonly speed?: number;
  /** Start the feeds paused. */
  readonly startPaused?: boolean;
}

export interface RunningFeed {
  pause(): void;
  resume(): void;
  stop(): void;
}

/** Checks the options. Rejects with PriceFileError for an unreadable price file, CommandError for an unknown pair. */
export async function checkFeed({ prices, pair }: FeedOptions): Promise<void> {
  if (pair !== undefined) findPair(pair);
  if (prices !== undefined) await checkPrices(prices);
}

/** Starts the feeds of the options. A later error in the price file is passed to `onError`. */
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
