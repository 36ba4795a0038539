import { existsSync } from 'node:fs';
import { combinedFeed } from '../feeds/combined-feed.ts';
import { csvFeed } from '../feeds/csv-feed.ts';
import { checkPrices } from '../feeds/csv.ts';
import type { FeedFactory } from '../feeds/feed.ts';
import { generatorFeed } from '../feeds/generator.ts';
import { namedReplay } from '../feeds/named-replay.ts';
import type { LimitKind } from './http/rate-limits.ts';
import { startHyperliquidSandbox } from './server.ts';
import type { HyperliquidSandbox, HyperliquidSandboxOptions } from './server.ts';
import type { Network } from './wire/signing.ts';
import type { Bar } from './market/candles.ts';
import { pastWalk } from './market/past-walk.ts';
import { UNIVERSE } from './market/universe.ts';
import { Amount } from './wire/amounts.ts';

/** Options of `signalman sandbox hyperliquid`. */
export interface HyperliquidRunOptions {
  readonly port?: number;
  readonly host?: string;
  readonly network?: Network;
  /** Price file to replay into `coin`. If `seed` is given too, the prices of the other coins are generated. */
  readonly prices?: string;
  /** Coin that the price file is for; default BTC. */
  readonly coin?: string;
  /** Replay speed of a price file (default 1), pace of the generator (default 1). */
  readonly speed?: number;
  /** Pace of the generator beside a price file (default 1). */
  readonly pace?: number;
  /** Seed of generated prices, which get a past of hourly candles at a first start. Without `prices` and `seed` marks change only by control commands. */
  readonly seed?: number;
  /** Name of this replay. Prices continue from the position in the state file only if it has this name. */
  readonly replay?: string;
  readonly fund?: Readonly<Record<string, string>>;
  readonly state?: string;
  readonly enforceLimits?: boolean | readonly LimitKind[];
  readonly pruneEmpty?: boolean;
  /** Stop after the first price until the control command `resumePrices`. */
  readonly startPaused?: boolean;
}

/**
 * Starts the sandbox with the prices that the options ask for. The caller ends it. Rejects with PriceFileError for a
 * price file whose beginning cannot be read, StateFileError for a broken state file.
 */
export async function runHyperliquidSandbox(options: HyperliquidRunOptions): Promise<HyperliquidSandbox> {
  if (options.prices !== undefined) await checkPrices(options.prices);
  const feed = chooseFeed(options);
  const chosen: HyperliquidSandboxOptions = {
    ...(options.port !== undefined && { port: options.port }),
    ...(options.host !== undefined && { host: options.host }),
    ...(options.network !== undefined && { network: options.network }),
    ...(options.fund !== undefined && { fund: options.fund }),
    ...(options.state !== undefined && { statePath: options.state }),
    ...(options.enforceLimits !== undefined && { enforceLimits: options.enforceLimits }),
    ...(options.pruneEmpty !== undefined && { pruneEmpty: options.pruneEmpty }),
    ...(options.startPaused !== undefined && { startPaused: options.startPaused }),
    ...(feed && { feed }),
  };
  const isFresh = options.state === undefined || !existsSync(options.state);
  const sandbox = await startHyperliquidSandbox(chosen);
  if (options.seed !== undefined && isFresh) inventPast(sandbox, { ...options, seed: options.seed });
  return sandbox;
}

/** Hours of a past that generated prices get, so that what looks back on a market has something to look at. */
const PAST_HOURS = 320;

/** Gives the coins whose prices are generated a past that leads to their first price. */
function inventPast(
  sandbox: HyperliquidSandbox,
  { seed, prices, coin: replayed = 'BTC' }: HyperliquidRunOptions & { seed: number },
): void {
  const now = Date.now();
  UNIVERSE.forEach(({ name }, index) => {
    const mark = sandbox.state().marks[name];
    if (mark === undefined || (prices !== undefined && name === replayed)) return;
    const candles = pastWalk(new Amount(mark), { hours: PAST_HOURS, seed: seed + index, now });
    sandbox.control({ type: 'addCandles', coin: name, candles: candles.map(toCandle) });
  });
}

const toCandle = ({ startMs, open, high, low, close, volume }: Bar) => ({
  startMs,
  open: open.toFixed(),
  high: high.toFixed(),
  low: low.toFixed(),
  close: close.toFixed(),
  volume: volume.toFixed(),
});

function chooseFeed(options: HyperliquidRunOptions): FeedFactory | undefined {
  const feed = makeFeed(options);
  return feed && options.replay !== undefined ? namedReplay(options.replay, feed) : feed;
}

function makeFeed(options: HyperliquidRunOptions): FeedFactory | undefined {
  const { prices, coin = 'BTC', speed = 1, pace = 1, seed } = options;
  if (prices === undefined) return seed === undefined ? undefined : generatorFeed({ seed, speed });
  const recorded = csvFeed({ file: prices, coin, speed });
  if (seed === undefined) return recorded;
  const others = UNIVERSE.map(({ name }) => name).filter((name) => name !== coin);
  return combinedFeed(recorded, generatorFeed({ seed, speed: pace, coins: others }));
}
