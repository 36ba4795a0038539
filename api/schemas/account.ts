import { z } from 'zod';
import { ORDER_SIDES } from '#domain/order.ts';
import { decimal, epochMs, id, venueName } from './common.ts';

const ofAccount = {
  deploymentId: id,
  accountId: z.string(),
  venue: venueName,
  equityUsd: decimal,
  freeMarginUsd: decimal,
};

/** A deployment's account as its venue reports it now. */
export const account = z
  .object({
    ...ofAccount,
    positions: z.array(
      z.object({
        symbol: z.string(),
        size: decimal,
        entryPrice: decimal,
        liquidationPrice: decimal.nullable(),
        leverage: z.number(),
      }),
    ),
    askedAt: epochMs,
  })
  .meta({ id: 'Account' });
export type Account = z.output<typeof account>;

/** An account by the venue's word, divided into what is ours by the records and what is its owner's own. */
export const accountStanding = z
  .object({
    ...ofAccount,
    positions: z.array(
      z.object({
        symbol: z.string(),
        positionId: z.string().nullable(),
        size: decimal.meta({ description: 'negative for short' }),
        ownSize: decimal.meta({ description: 'the part of trades of ours, by their booked fills' }),
        otherSize: decimal.meta({ description: "the part of the account's owner" }),
        entryPrice: decimal,
        valueUsd: decimal,
        liquidationPrice: decimal.nullable(),
        leverage: z.number(),
      }),
    ),
    orders: z.array(
      z.object({
        symbol: z.string(),
        clientOrderId: z.string().nullable(),
        venueOrderId: z.string(),
        side: z.enum(ORDER_SIDES),
        size: decimal,
        price: decimal,
        triggerPrice: decimal.nullable(),
        reduceOnly: z.boolean(),
        isOwn: z.boolean().meta({ description: 'an order of a trade of ours' }),
      }),
    ),
    liveTrades: z.int().meta({ description: 'trades that may still hold something there' }),
    askedAt: epochMs,
  })
  .meta({ id: 'AccountStanding' });
export type AccountStanding = z.output<typeof accountStanding>;

export const accountParams = z.object({ deploymentId: id });
export const accountQuery = z.object({ venue: venueName.optional() });
