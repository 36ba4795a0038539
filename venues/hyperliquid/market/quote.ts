import { metaAndAssetCtxs } from '@nktkas/hyperliquid/api/info';
import { z } from 'zod';
import type { Symbol } from '#domain/ids.ts';
import type { MarketQuote } from '../../venue.ts';
import type { FeeBook } from '../accounts/fee-book.ts';
import type { HyperliquidClient } from '../http/client.ts';
import { meta, withoutTrailingZeros } from '../http/schemas.ts';

const WEIGHT = 20;
const BPS = 10_000;

const number = z.string().regex(/^-?\d+(\.\d+)?$/);
const price = number.transform(withoutTrailingZeros);
const answer = z.tuple([
  meta,
  z.array(z.object({ funding: number.nullish(), impactPxs: z.tuple([price, price]).nullish() })),
]);

/**
 * Returns the costs of trading a perpetual; null when the venue does not list it. Bid and ask are the impact prices, at
 * which an order of usual size fills. Fees are those of the lowest tier; funding is the rate of the current hour. Throws
 * `VenueError`.
 */
export async function readQuote(
  client: HyperliquidClient,
  fees: FeeBook,
  symbol: Symbol,
): Promise<MarketQuote | null> {
  const [dex] = symbol.includes(':') ? symbol.split(':') : [];
  const [{ universe }, contexts] = await client.info({
    schema: answer,
    weight: WEIGHT,
    ask: (config) => metaAndAssetCtxs(config, dex === undefined ? {} : { dex }),
  });
  const context = contexts[universe.findIndex(({ name }) => name === symbol)];
  if (!context) return null;
  const [bid, ask] = context.impactPxs ?? [null, null];
  const fundingBps = Number(context.funding ?? 0) * BPS;
  return {
    symbol,
    bid,
    ask,
    fees: fees.of(null, symbol),
    holdingBpsPerHour: { long: fundingBps, short: fundingBps === 0 ? 0 : -fundingBps },
    t: Date.now(),
  };
}
