import { userFillsByTime, userFunding } from '@nktkas/hyperliquid/api/info';
import type { AccountId } from '#domain/ids.ts';
import type { VenueFill, VenueFunding } from '../../venue.ts';
import type { HyperliquidClient } from '../http/client.ts';
import { readAll } from '../http/paging.ts';
import * as schemas from '../http/schemas.ts';
import { fillsOf } from './fills.ts';
import { WEIGHT } from './weights.ts';

/** Page sizes. Source: official documentation, "info endpoint". */
const FILLS_PER_PAGE = 2_000;
const FUNDINGS_PER_PAGE = 500;
const MAX_PAGES = 20;
/** A long list weighs 1 more for each of so many rows. Source: official documentation, "rate limits". */
const ROWS_PER_EXTRA_WEIGHT = 20;

/** Reads all fills in perpetuals from `sinceMs` (epoch ms) on, oldest first. Throws `VenueError`. */
export async function readFills(
  client: HyperliquidClient,
  user: AccountId,
  sinceMs: number,
): Promise<VenueFill[]> {
  const fills = await readAll(sinceMs, {
    page: (startTime) =>
      charged(
        client,
        client.info({
          schema: schemas.fills,
          weight: WEIGHT.usual,
          ask: (config) => userFillsByTime(config, { user, startTime }),
        }),
      ),
    timeOf: (fill) => fill.time,
    // A `tid` alone is not unique. Source: official documentation, "websocket subscriptions".
    keyOf: (fill) => `${fill.coin} ${fill.tid}`,
    pageSize: FILLS_PER_PAGE,
    maxPages: MAX_PAGES,
  });
  return fillsOf(user, fills);
}

/** Reads all funding from `sinceMs` (epoch ms) on, oldest first. Throws `VenueError`. */
export async function readFundings(
  client: HyperliquidClient,
  user: AccountId,
  sinceMs: number,
): Promise<VenueFunding[]> {
  const fundings = await readAll(sinceMs, {
    page: (startTime) =>
      charged(
        client,
        client.info({
          schema: schemas.fundings,
          weight: WEIGHT.usual,
          ask: (config) => userFunding(config, { user, startTime }),
        }),
      ),
    timeOf: (funding) => funding.time,
    keyOf: (funding) => funding.delta.coin,
    pageSize: FUNDINGS_PER_PAGE,
    maxPages: MAX_PAGES,
  });
  return fundings.map(({ time, delta: { coin, usdc, szi } }) => ({
    symbol: coin,
    amountUsd: usdc,
    time,
    size: szi,
  }));
}

/** Returns a page after booking the weight that its length adds. */
async function charged<Row>(client: HyperliquidClient, rows: Promise<Row[]>): Promise<Row[]> {
  const page = await rows;
  client.charge(Math.floor(page.length / ROWS_PER_EXTRA_WEIGHT));
  return page;
}
