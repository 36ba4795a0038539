import type { AccountId } from '#domain/ids.ts';
import type { StreamHandlers, VenueStream } from '../venue.ts';
import type { Timing } from './options.ts';
import { isStale, type OstiumPrice, type PriceService } from './prices.ts';

/**
 * Prices by polling the price service; what stands still is told again, so that silence always means trouble. Fills
 * are not streamed: `watchFills` leaves every account to be asked.
 */
export function openStream(prices: PriceService, timing: Timing, handlers: StreamHandlers): VenueStream {
  let symbols: readonly string[] = [];
  let isUp = false;
  let isClosed = false;
  let timer: NodeJS.Timeout | null = null;
  let look: Promise<void> = Promise.resolve();

  function tell(latest: ReadonlyMap<string, OstiumPrice>): void {
    const now = Date.now();
    for (const symbol of symbols) {
      const price = latest.get(symbol);
      if (price?.isOpen === true && !isStale(price, timing.staleMs, now))
        handlers.onPrice({ symbol, price: price.mid, t: now, open: true });
    }
  }

  async function lookOnce(): Promise<void> {
    try {
      const latest = await prices.latest();
      if (isClosed) return;
      if (!isUp) handlers.onUp();
      isUp = true;
      tell(latest);
    } catch (error) {
      if (isUp && !isClosed) handlers.onDown(error instanceof Error ? error.message : String(error));
      isUp = false;
    }
    if (!isClosed) timer = setTimeout(next, timing.pricesMs);
  }

  const next = (): void => void (look = lookOnce());
  next();
  return {
    watchPrices: (wanted) => (symbols = [...wanted]),
    watchFills: (accountIds): AccountId[] => [...accountIds],
    async close() {
      isClosed = true;
      if (timer) clearTimeout(timer);
      await look;
    },
  };
}
