import type { MarketDataClient, PriceTick, VenueStream } from '../../venue.ts';
import { feesOf } from './fees.ts';
import type { PairBook } from './pairs.ts';
import { isStale } from './prices.ts';
import { openStream, type StreamContext } from './stream.ts';

/** Creates the client that reads pairs from the subgraph and prices from the price service. Its methods throw `VenueError`. */
export function createMarketDataClient(
  context: StreamContext & { pairs: PairBook },
  streams: Set<VenueStream>,
): MarketDataClient {
  const { chain, pairs, prices, timing } = context;
  return {
    async instruments() {
      return (await pairs.refresh()).map(({ instrument }) => instrument);
    },

    async prices() {
      const now = Date.now();
      return [...(await prices.latest()).values()].flatMap((price): PriceTick[] =>
        isStale(price, timing.staleMs, now)
          ? []
          : [{ symbol: price.symbol, price: price.mid, t: price.time, open: price.isOpen }],
      );
    },

    async quote(symbol) {
      const [pair, latest] = await Promise.all([pairs.bySymbol(symbol), prices.latest()]);
      const price = latest.get(symbol);
      if (!pair || !price) return null;
      return {
        symbol,
        bid: price.bid,
        ask: price.ask,
        fees: feesOf(pair),
        // Rollover stands only in contracts whose interface is not published.
        holdingBpsPerHour: { long: 0, short: 0 },
        t: price.time,
      };
    },

    // The venue publishes no candles: the only bars are those that the watcher stored.
    candles: () => Promise.resolve([]),

    // Nor does it publish funding, open interest and volume where its clients could read them.
    activity: () => Promise.resolve(new Map()),

    stream(handlers) {
      const opened = openStream(context, handlers);
      const stream: VenueStream = {
        ...opened,
        async close() {
          streams.delete(stream);
          await opened.close();
        },
      };
      streams.add(stream);
      return stream;
    },

    async ping() {
      const startedAt = performance.now();
      await Promise.all([chain.block('latest'), prices.latest()]);
      return performance.now() - startedAt;
    },
  };
}
