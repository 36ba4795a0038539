import { meta, perpDexs } from '@nktkas/hyperliquid/api/info';
import type { Instrument } from '#domain/instrument.ts';
import { Amount, decimalString } from '#domain/money.ts';
import { VenueError } from '../../venue.ts';
import type { HyperliquidClient } from '../http/client.ts';
import * as schemas from '../http/schemas.ts';

const WEIGHT = 20;

/** Perpetuals: at most 5 significant figures and 6 - szDecimals decimals. Source: "tick and lot size". */
const PRICE_FIGURES = 5;
const PRICE_DECIMALS = 6;
/** Source: official documentation, "error responses". */
const MIN_NOTIONAL_USD = '10';
/** Numbers of assets in markets built by others. Source: official documentation, "asset ids". */
const BUILT_MARKETS_BASE = 100_000;
const ASSETS_PER_MARKET = 10_000;
/** Token number of USDC, the only collateral our books know. */
const USDC = 0;

/**
 * Lists the perpetuals of the first market and of those named. The number of an asset is its place in its market's
 * list, delisted ones included; in a market built by others it counts from 100,000 + 10,000 x the market's place.
 * Throws `VenueError`; `unknown_market` for a market the venue does not have.
 */
export async function readInstruments(
  client: HyperliquidClient,
  builtMarkets: readonly string[],
): Promise<Instrument[]> {
  const [first, built] = await Promise.all([
    readMarket(client, 0),
    builtMarkets.length === 0 ? [] : readBuiltMarkets(client, builtMarkets),
  ]);
  return [...first, ...built];
}

async function readBuiltMarkets(client: HyperliquidClient, names: readonly string[]): Promise<Instrument[]> {
  const listed = await client.info({
    schema: schemas.perpDexs,
    weight: WEIGHT,
    ask: (config) => perpDexs(config),
  });
  const markets = names.map((dex) => {
    const place = listed.findIndex((each) => each?.name === dex);
    if (place < 0) throw new VenueError('unknown_market', `the venue has no market called ${dex}`, 'fatal');
    return readMarket(client, BUILT_MARKETS_BASE + place * ASSETS_PER_MARKET, dex);
  });
  return (await Promise.all(markets)).flat();
}

async function readMarket(
  client: HyperliquidClient,
  firstAsset: number,
  dex?: string,
): Promise<Instrument[]> {
  const { universe, collateralToken = USDC } = await client.info({
    schema: schemas.meta,
    weight: WEIGHT,
    ask: (config) => meta(config, dex === undefined ? {} : { dex }),
  });
  const pays = collateralToken === USDC;
  return universe.map((listed, index) => {
    const instrument = instrumentOf(listed, firstAsset + index);
    return {
      ...instrument,
      // Another market's cross margin is not what the account of the venue's own market can lose.
      onlyIsolated: instrument.onlyIsolated || dex !== undefined,
      tradable: instrument.tradable && pays,
    };
  });
}

type ListedPerpetual = (typeof schemas.meta)['_output']['universe'][number];

function instrumentOf(listed: ListedPerpetual, asset: number): Instrument {
  return {
    venue: 'hyperliquid',
    symbol: listed.name,
    venueSymbol: listed.name,
    venueAssetId: asset,
    priceRule: {
      kind: 'significant',
      figures: PRICE_FIGURES,
      decimals: PRICE_DECIMALS - listed.szDecimals,
    },
    lot: decimalString(new Amount(10).pow(-listed.szDecimals)),
    minNotionalUsd: MIN_NOTIONAL_USD,
    maxLeverage: listed.maxLeverage,
    // `strictIsolated` and `noCross` are margin modes without cross margin.
    onlyIsolated: listed.onlyIsolated === true || listed.marginMode !== undefined,
    tradable: listed.isDelisted !== true,
  };
}
