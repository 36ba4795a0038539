import { readPrices } from './csv.ts';
import type { PriceRow } from './csv.ts';
import type { Feed, FeedFactory } from './feed.ts';
import { Pacer } from './pacer.ts';
import { CommandError } from '../errors.ts';

export interface CsvFeedOptions {
  readonly file: string;
  readonly coin: string;
  /** How many times faster than recorded; 2000 replays a one-minute candle in 30 ms. */
  readonly speed: number;
  /** Rows to leave out at the start. */
  readonly startRow?: number;
}

/** Returns a feed that replays a price file, after a restart from the row it had reached. Throws CommandError for a coin
 * that is not listed and for a speed that is not positive. */
export function csvFeed(options: CsvFeedOptions): FeedFactory {
  return (position, { markets }) => {
    if (!markets.some(({ coin }) => coin === options.coin))
      throw new CommandError(`unknown coin ${options.coin}`);
    return new CsvFeed({ ...options, startRow: rowOf(position) ?? options.startRow ?? 0 });
  };
}

function rowOf(position: unknown): number | undefined {
  if (typeof position !== 'object' || position === null || !('row' in position)) return undefined;
  return typeof position.row === 'number' ? position.row : undefined;
}

/** Gaps in the recording (weekends, outages) are replayed as if they had been this long at most. */
const MAX_GAP_MS = 5 * 60_000;

/** Replays a price file into one coin, in order and without leaving a price out. */
export class CsvFeed implements Feed {
  readonly coins: readonly string[];
  readonly #options: CsvFeedOptions;
  readonly #pacer = new Pacer();
  #row: number;

  constructor(options: CsvFeedOptions) {
    if (!(options.speed > 0)) throw new CommandError(`speed must be positive, got ${options.speed}`);
    this.#options = options;
    this.#row = options.startRow ?? 0;
    this.coins = [options.coin];
  }

  async run(onTick: (coin: string, px: string) => void): Promise<void> {
    const { file, coin, speed } = this.#options;
    let previous: PriceRow | undefined;
    for await (const row of readPrices(file, this.#row)) {
      const sinceMs = previous ? Math.min(MAX_GAP_MS, Math.max(0, row.timeMs - previous.timeMs)) : 0;
      for (const px of row.prices) {
        await this.#pacer.next(sinceMs / row.prices.length / speed);
        if (this.#pacer.stopped) return;
        onTick(coin, px);
      }
      this.#row++;
      previous = row;
    }
  }

  pause(): void {
    this.#pacer.halt();
  }

  resume(): void {
    this.#pacer.proceed();
  }

  stop(): void {
    this.#pacer.stop();
  }

  position(): { row: number } {
    return { row: this.#row };
  }
}
