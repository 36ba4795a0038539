import { metaAndAssetCtxs } from '@nktkas/hyperliquid/api/info';
import { z } from 'zod';
import type { Symbol } from '#domain/ids.ts';
import type { MarketActivity } from '#domain/scoring/venue-parts.ts';
import type { HyperliquidClient } from '../http/client.ts';
import { meta } from '../http/schemas.ts';

const WEIGHT = 20;

/** A number as text; null where the venue leaves it out or writes something else. */
const figure = z
  .unknown()
  .optional()
  .transform((text) => (typeof text === 'string' && /^-?\d+(\.\d+)?$/.test(text) ? Number(text) : null));

const answer = z.tuple([
  meta,
  z.array(z.object({ funding: figure, openInterest: figure, dayNtlVlm: figure, markPx: figure })),
]);

/** Returns funding of the current hour, open interest and volume of each perpetual. Throws `VenueError`. */
export async function readActivity(
  client: HyperliquidClient,
  builtMarkets: readonly string[],
): Promise<ReadonlyMap<Symbol, MarketActivity>> {
  const dexes = [{}, ...builtMarkets.map((dex) => ({ dex }))];
  const markets = await Promise.all(dexes.map((dex) => readMarket(client, dex)));
  return new Map(markets.flat());
}

async function readMarket(
  client: HyperliquidClient,
  dex: { dex?: string },
): Promise<[Symbol, MarketActivity][]> {
  const [{ universe }, contexts] = await client.info({
    schema: answer,
    weight: WEIGHT,
    ask: (config) => metaAndAssetCtxs(config, dex),
  });
  return universe.flatMap(({ name }, index): [Symbol, MarketActivity][] => {
    const context = contexts[index];
    if (!context) return [];
    const { funding, openInterest, markPx, dayNtlVlm } = context;
    // The venue counts open interest in coins.
    const openInterestUsd = openInterest === null || markPx === null ? null : openInterest * markPx;
    return [[name, { fundingPerHour: funding, openInterestUsd, dayVolumeUsd: dayNtlVlm }]];
  });
}
