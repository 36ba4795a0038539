import type { Symbol } from '#domain/ids.ts';
import {
  HOUR_MS,
  hourCandles,
  LEAST_COVERAGE,
  SCORED_HOURS,
  type HourCandles,
} from '#domain/scoring/hour-candles.ts';
import { listSeenHours } from '#prisma/repositories/price-bars.ts';
import { withTimeout } from '#process/with-timeout.ts';
import type { ScoredVenue, ScoringDeps } from './activities.ts';

/** Hourly candles of a market, and the venue that they are of. */
export interface MarketHours {
  /** Null where no venue has any. */
  venue: ScoredVenue['name'] | null;
  hours: HourCandles;
  /** What venues did not answer, in words. */
  failures: readonly string[];
}

const TIMEOUT_MS = 20_000;
const NONE: HourCandles = { candles: [], coverage: 0 };

/** Reads the hours of a market from the first venue that has enough of them; else those of the venue with the most. */
export async function readHours(
  deps: Pick<ScoringDeps, 'db' | 'now' | 'logger'>,
  symbol: Symbol,
  venues: readonly ScoredVenue[],
): Promise<MarketHours> {
  let best: Pick<MarketHours, 'venue' | 'hours'> = { venue: null, hours: NONE };
  const failures: string[] = [];
  for (const venue of venues) {
    try {
      const hours = await readFrom(deps, symbol, venue);
      if (hours.coverage > best.hours.coverage) best = { venue: venue.name, hours };
    } catch (err) {
      deps.logger.warn({ venue: venue.name, symbol, err }, 'no candles for a score');
      failures.push(`${venue.name}: ${err instanceof Error ? err.message : String(err)}`);
    }
    if (best.hours.coverage >= LEAST_COVERAGE) break;
  }
  return { ...best, failures };
}

/** Reads the candles of a venue; of one that publishes none, the hours that the watcher saw whole. */
async function readFrom(
  { db, now }: Pick<ScoringDeps, 'db' | 'now'>,
  symbol: Symbol,
  { name, market }: ScoredVenue,
): Promise<HourCandles> {
  const to = now();
  const from = to - (SCORED_HOURS + 1) * HOUR_MS;
  const published = await withTimeout(market.candles(symbol, from, to, '1h'), TIMEOUT_MS);
  if (published.length > 0) return hourCandles(published, to);
  const seen = await listSeenHours(db, name, symbol, from);
  return hourCandles(
    seen.map((hour) => ({ ...hour, volume: null })),
    to,
  );
}
