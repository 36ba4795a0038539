import { frontendOpenOrders } from '@nktkas/hyperliquid/api/info';
import type { AccountId } from '#domain/ids.ts';
import type { VenueOpenOrder } from '../../venue.ts';
import type { HyperliquidClient } from '../http/client.ts';
import * as schemas from '../http/schemas.ts';
import { isPerpetual } from './fills.ts';
import { openOrderOf } from './order-status.ts';
import { WEIGHT } from './weights.ts';

/** Reads the open orders in perpetuals of the venue's own market and of those built by others. Throws `VenueError`. */
export async function readOpenOrders(
  client: HyperliquidClient,
  user: AccountId,
  builtMarkets: readonly string[],
): Promise<VenueOpenOrder[]> {
  const markets: readonly { dex?: string }[] = [{}, ...builtMarkets.map((dex) => ({ dex }))];
  const orders = await Promise.all(
    markets.map((market) =>
      client.info({
        schema: schemas.openOrders,
        weight: WEIGHT.usual,
        ask: (config) => frontendOpenOrders(config, { user, ...market }),
      }),
    ),
  );
  return orders
    .flat()
    .filter(({ coin }) => isPerpetual(coin))
    .map(openOrderOf);
}
