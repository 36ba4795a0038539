import { orderStatus } from '@nktkas/hyperliquid/api/info';
import { setTimeout as delay } from 'node:timers/promises';
import type { AccountId, ClientOrderId } from '#domain/ids.ts';
import { amount } from '#domain/money.ts';
import type { OrderReport } from '#domain/order.ts';
import { VenueError } from '../../venue.ts';
import type { HyperliquidClient } from '../http/client.ts';
import * as schemas from '../http/schemas.ts';
import {
  filledBy,
  mayHaveFilled,
  missingFrom,
  NOTHING_FILLED,
  reportOfStatus,
  type Filled,
} from './order-status.ts';
import { readFills } from './read-fills.ts';
import { WEIGHT } from './weights.ts';

/** The list of fills may lag behind an order: it is read so often before the order's own word is taken. */
const FILLS_LOOKS = 4;
const FILLS_PAUSE_MS = 250;

/**
 * Reads the newest order with a client id; null when the venue does not know it. Throws `VenueError`: `fills_late` for a
 * reduce-only order that has filled and whose fills are not listed yet.
 */
export async function readOrder(
  client: HyperliquidClient,
  user: AccountId,
  clientOrderId: ClientOrderId,
): Promise<OrderReport | null> {
  const answer = await client.info({
    schema: schemas.orderStatus,
    weight: WEIGHT.cheap,
    priority: 'entry',
    ask: (config) => orderStatus(config, { user, oid: clientOrderId }),
  });
  if (answer.status === 'unknownOid') return null;
  const { order, status } = answer.order;
  const filled = mayHaveFilled(order, status) ? await filledOf(client, user, order, status) : NOTHING_FILLED;
  if (status === 'filled' && filled.size === '0' && order.reduceOnly === true)
    throw new VenueError('fills_late', `the fills of order ${order.oid} are not listed yet`, 'retry');
  return reportOfStatus(order, status, filled);
}

/** Returns the fills of an order in sum, read again while they are fewer than the order says. */
async function filledOf(
  client: HyperliquidClient,
  user: AccountId,
  order: schemas.WireOpenOrder,
  word: string,
): Promise<Filled> {
  // A reduce-only order that ended unfilled may have shrunk: then nothing is missing.
  const looks = order.reduceOnly === true && word !== 'filled' ? 1 : FILLS_LOOKS;
  for (let look = 1; ; look += 1) {
    const filled = filledBy(await readFills(client, user, order.timestamp), order.oid);
    if (look === looks || amount(filled.size).gte(missingFrom(order))) return filled;
    await delay(FILLS_PAUSE_MS);
  }
}
