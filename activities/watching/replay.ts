import { candleObservations } from '#domain/candles.ts';
import type { PriceObservation } from '#domain/exit-engine.ts';
import type { Database } from '#prisma/client.ts';
import { listBars, type PriceBar } from '#prisma/repositories/price-bars.ts';
import type { WatchRecord } from '#prisma/repositories/watches.ts';
import type { Candle, MarketDataClient } from '#venues/venue.ts';

/**
 * The prices since a trade was armed, as far as they can be known: the bars that watchers saw, then the venue's
 * candles for the time when nobody looked. Each bar is walked the pessimistic way, adverse extreme first. Of a
 * bar that began before the trade was armed only the close is certain to lie after it.
 */
export async function pathSince(
  db: Database,
  market: MarketDataClient,
  watch: Pick<WatchRecord, 'venue' | 'symbol' | 'side' | 'armedAt'>,
  now: number,
): Promise<PriceObservation[]> {
  const bars = await listBars(db, watch.venue, watch.symbol, watch.armedAt);
  const seenUntil = bars.at(-1)?.seenUntil ?? watch.armedAt;
  const candles = now - seenUntil > 1_000 ? await market.candles(watch.symbol, seenUntil, now) : [];
  return [
    ...bars.flatMap((bar) => walk(watch, bar.openedAt, bar.seenUntil, bar, watch.armedAt)),
    ...candles.flatMap((candle) =>
      walk(watch, candle.openedAt, Math.min(candle.closedAt, now), candle, seenUntil),
    ),
  ];
}

type Extremes = Pick<PriceBar & Candle, 'open' | 'high' | 'low' | 'close'>;

function walk(
  { side }: Pick<WatchRecord, 'side'>,
  openedAt: number,
  closedAt: number,
  bar: Extremes,
  from: number,
): PriceObservation[] {
  if (closedAt < from) return [];
  if (openedAt < from) return [{ price: bar.close, t: closedAt, gap: true }];
  return candleObservations({ ...bar, t: openedAt }, side).map((each) => ({ ...each, t: closedAt }));
}
