import type { PriceProgress } from './control/state.ts';
import type { Exchange } from './exchange/exchange.ts';
import { setMark } from './matching/set-mark.ts';
import { Amount } from './wire/amounts.ts';
import type { Feed } from '../feeds/feed.ts';

interface RunningFeed {
  /** Resolves at the first price. */
  readonly firstTick: Promise<void>;
  /** Resolves when the prices have ended, rejects with the error of the feed. */
  readonly pricesEnded: Promise<void>;
}

/** Starts a feed and sets a mark at each of its prices; `startPaused` pauses the feed after its first price. */
export function startFeed(
  exchange: Exchange,
  feed: Feed,
  progress: PriceProgress,
  startPaused: boolean,
): RunningFeed {
  const first = Promise.withResolvers<void>();
  let ticks = 0;
  const ended = feed.run((coin, px) => {
    if (ticks++ === 0 && startPaused) feed.pause();
    setMark(exchange, exchange.market(coin)!, new Amount(px));
    first.resolve();
  });
  const pricesEnded = ended
    .catch((error: unknown) => {
      progress.error = error instanceof Error ? error.message : String(error);
      throw error;
    })
    .finally(() => {
      progress.ended = true;
    });
  // A failed feed must not end the process: `state` shows its error, and a caller may await `pricesEnded`.
  pricesEnded.catch(() => undefined);
  return { firstTick: first.promise, pricesEnded };
}
