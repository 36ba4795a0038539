import { candleSnapshot, exchangeStatus, metaAndAssetCtxs } from '@nktkas/hyperliquid/api/info';
import type {
  Candle,
  CandleInterval,
  MarketDataClient,
  PriceTick,
  StreamHandlers,
  VenueStream,
} from '../../venue.ts';
import type { FeeBook } from '../accounts/fee-book.ts';
import type { HyperliquidClient } from '../http/client.ts';
import { readAll } from '../http/paging.ts';
import { readActivity } from './activity.ts';
import { readQuote } from './quote.ts';
import * as schemas from '../http/schemas.ts';
import { readInstruments } from './instruments.ts';

const WEIGHT = { cheap: 2, usual: 20 } as const;
const CANDLES_PER_PAGE = 5_000;
const CANDLES_PER_EXTRA_WEIGHT = 60;
const MAX_CANDLE_PAGES = 20;
const INTERVAL_MS: Readonly<Record<CandleInterval, number>> = { '1m': 60_000, '1h': 3_600_000 };

/** Creates the client that reads prices and instruments. Its methods throw `VenueError`. */
export function createMarketDataClient(
  client: HyperliquidClient,
  fees: FeeBook,
  stream: (handlers: StreamHandlers) => VenueStream,
  builtMarkets: readonly string[] = [],
): MarketDataClient {
  let asked: Promise<PriceTick[]> | null = null;
  return {
    stream,

    instruments: () => readInstruments(client, builtMarkets),

    prices() {
      // All callers that ask while a request is under way get its answer.
      asked ??= readAllPrices(client, builtMarkets).finally(() => (asked = null));
      return asked;
    },

    quote: (symbol) => readQuote(client, fees, symbol),

    activity: () => readActivity(client, builtMarkets),

    async candles(symbol, fromMs, toMs, interval = '1m') {
      const candles = await readAll<Candle>(fromMs - (fromMs % INTERVAL_MS[interval]), {
        page: (startTime) => candlePage(client, { coin: symbol, interval, startTime, endTime: toMs }),
        timeOf: (candle) => candle.openedAt,
        keyOf: () => symbol,
        pageSize: CANDLES_PER_PAGE,
        maxPages: MAX_CANDLE_PAGES,
      });
      return candles;
    },

    async ping() {
      const startedAt = performance.now();
      await client.info({
        schema: schemas.anything,
        weight: WEIGHT.cheap,
        ask: (config) => exchangeStatus(config),
      });
      return performance.now() - startedAt;
    },
  };
}

async function candlePage(
  client: HyperliquidClient,
  span: { coin: string; interval: CandleInterval; startTime: number; endTime: number },
): Promise<Candle[]> {
  const rows = await client.info({
    schema: schemas.candles,
    weight: WEIGHT.usual,
    ask: (config) => candleSnapshot(config, span),
  });
  client.charge(Math.floor(rows.length / CANDLES_PER_EXTRA_WEIGHT));
  return rows.map(({ t, T, o, h, l, c, v }) => ({
    openedAt: t,
    closedAt: T,
    open: o,
    high: h,
    low: l,
    close: c,
    volume: v,
  }));
}

async function readAllPrices(
  client: HyperliquidClient,
  builtMarkets: readonly string[],
): Promise<PriceTick[]> {
  const dexes = [{}, ...builtMarkets.map((dex) => ({ dex }))];
  return (await Promise.all(dexes.map((dex) => readPrices(client, dex)))).flat();
}

async function readPrices(client: HyperliquidClient, dex: { dex?: string }): Promise<PriceTick[]> {
  const [{ universe }, contexts] = await client.info({
    schema: schemas.metaAndAssetCtxs,
    weight: WEIGHT.usual,
    ask: (config) => metaAndAssetCtxs(config, dex),
  });
  const t = Date.now();
  return universe.flatMap(({ name: symbol }, index) => {
    const price = contexts[index]?.markPx;
    return price === undefined ? [] : [{ symbol, price, t }];
  });
}
