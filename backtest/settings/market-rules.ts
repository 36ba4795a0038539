import type { Symbol } from '#domain/ids.ts';
import type { Instrument } from '#domain/instrument.ts';
import { HYPERLIQUID_MAINTENANCE } from '#domain/liquidation.ts';
import type { Market } from '../engine/market.ts';
import type { PriceSeries } from '../prices/price-series.ts';
import type { InstrumentSettings, Settings } from './settings.ts';

/** Perpetuals of Hyperliquid have prices of at most this many decimals, less those of their sizes. Source: "tick and lot size". */
const MAX_PRICE_DECIMALS = 6;
const PRICE_FIGURES = 5;
const MAX_SIZE_DECIMALS = 5;
const USUAL_MAX_LEVERAGE = 20;
const MIN_NOTIONAL_USD = '10';

/** Returns an instrument with its rules and costs: those of the settings, and Hyperliquid's usual ones for the rest. */
export function marketOf(series: PriceSeries, { costs, instruments }: Settings): Market {
  const { takerBps, flatUsd, spreadBps, slippageBps, fundingBpsPerHour } = costs;
  return {
    symbol: series.symbol,
    series,
    instrument: instrumentOf(series.symbol, series.open[0] ?? 1, instruments[series.symbol] ?? {}),
    fees: { entryBps: takerBps, exitBps: takerBps, flatUsd },
    fillCosts: { spreadBps, slippageBps },
    holdingBpsPerHour: { long: fundingBpsPerHour, short: -fundingBpsPerHour },
    maintenance: HYPERLIQUID_MAINTENANCE,
    separatePositions: false,
  };
}

/** A lot that is worth about a dollar, as Hyperliquid's are. */
function instrumentOf(symbol: Symbol, price: number, given: InstrumentSettings): Instrument {
  const sizeDecimals = Math.min(MAX_SIZE_DECIMALS, Math.max(0, Math.round(Math.log10(price))));
  const usual = {
    kind: 'significant',
    figures: PRICE_FIGURES,
    decimals: MAX_PRICE_DECIMALS - sizeDecimals,
  } as const;
  return {
    venue: 'hyperliquid',
    symbol,
    venueSymbol: symbol,
    venueAssetId: 0,
    priceRule: given.tick === undefined ? usual : { kind: 'step', tick: given.tick },
    lot: given.lot ?? (sizeDecimals === 0 ? '1' : `0.${'0'.repeat(sizeDecimals - 1)}1`),
    minNotionalUsd: given.minNotionalUsd ?? MIN_NOTIONAL_USD,
    maxLeverage: given.maxLeverage ?? USUAL_MAX_LEVERAGE,
    onlyIsolated: false,
    tradable: true,
  };
}
