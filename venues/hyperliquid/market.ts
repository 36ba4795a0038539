import { candleSnapshot, exchangeStatus, meta, metaAndAssetCtxs } from '@nktkas/hyperliquid/api/info';
import type { Instrument } from '#domain/instrument.ts';
import { Amount, decimalString } from '#domain/money.ts';
import type { Candle, MarketDataClient, PriceTick, StreamHandlers, VenueStream } from '../venue.ts';
import type { HyperliquidClient } from './client.ts';
import { readAll } from './paging.ts';
import { readQuote } from './quote.ts';
import * as schemas from './schemas.ts';

const WEIGHT = { cheap: 2, usual: 20 } as const;
const CANDLES_PER_PAGE = 5_000;
const CANDLES_PER_EXTRA_WEIGHT = 60;
const MAX_CANDLE_PAGES = 20;
const MINUTE_MS = 60_000;

/** Perpetuals: at most 5 significant figures and 6 - szDecimals decimals. Source: "tick and lot size". */
const PRICE_FIGURES = 5;
const PRICE_DECIMALS = 6;
/** Source: official documentation, "error responses". */
const MIN_NOTIONAL_USD = '10';

/** Prices and instruments. Throws `VenueError`. */
export function createMarketDataClient(
  client: HyperliquidClient,
  stream: (handlers: StreamHandlers) => VenueStream,
): MarketDataClient {
  let asked: Promise<PriceTick[]> | null = null;
  return {
    stream,

    async instruments() {
      const { universe } = await client.info({
        schema: schemas.meta,
        weight: WEIGHT.usual,
        ask: (config) => meta(config),
      });
      return universe.map(instrumentOf);
    },

    prices() {
      // A burst of signals asks at once, and one answer serves all who ask before it has come.
      asked ??= readPrices(client).finally(() => (asked = null));
      return asked;
    },

    quote: (symbol) => readQuote(client, symbol),

    async candles(symbol, fromMs, toMs) {
      const candles = await readAll<Candle>(fromMs - (fromMs % MINUTE_MS), {
        page: (startTime) => candlePage(client, symbol, startTime, toMs),
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
  coin: string,
  startTime: number,
  endTime: number,
): Promise<Candle[]> {
  const rows = await client.info({
    schema: schemas.candles,
    weight: WEIGHT.usual,
    ask: (config) => candleSnapshot(config, { coin, interval: '1m', startTime, endTime }),
  });
  client.charge(Math.floor(rows.length / CANDLES_PER_EXTRA_WEIGHT));
  return rows.map(({ t, T, o, h, l, c }) => ({
    openedAt: t,
    closedAt: T,
    open: o,
    high: h,
    low: l,
    close: c,
  }));
}

async function readPrices(client: HyperliquidClient): Promise<PriceTick[]> {
  const [{ universe }, contexts] = await client.info({
    schema: schemas.metaAndAssetCtxs,
    weight: WEIGHT.usual,
    ask: (config) => metaAndAssetCtxs(config),
  });
  const t = Date.now();
  return universe.flatMap(({ name: symbol }, index) => {
    const price = contexts[index]?.markPx;
    return price === undefined ? [] : [{ symbol, price, t }];
  });
}

type ListedPerpetual = (typeof schemas.meta)['_output']['universe'][number];

/** The number of an asset is its place in the list, delisted ones included. */
function instrumentOf(listed: ListedPerpetual, index: number): Instrument {
  return {
    venue: 'hyperliquid',
    symbol: listed.name,
    venueSymbol: listed.name,
    venueAssetId: index,
    priceRule: {
      kind: 'significant',
      figures: PRICE_FIGURES,
      decimals: PRICE_DECIMALS - listed.szDecimals,
    },
    lot: decimalString(new Amount(10).pow(-listed.szDecimals)),
    minNotionalUsd: MIN_NOTIONAL_USD,
    maxLeverage: listed.maxLeverage,
    onlyIsolated: listed.onlyIsolated === true,
    tradable: listed.isDelisted !== true,
  };
}
