import { z } from 'zod';
import { decimal, epochMs, id, venueName } from './common.ts';

/** A deployment's account as its venue reports it now. */
export const account = z
  .object({
    deploymentId: id,
    accountId: z.string(),
    venue: venueName,
    equityUsd: decimal,
    freeMarginUsd: decimal,
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

export const accountParams = z.object({ deploymentId: id });
export const accountQuery = z.object({ venue: venueName.optional() });
