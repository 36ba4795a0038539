import { z } from 'zod';
import { VENUE_HEALTHS } from '#domain/statuses.ts';
import { decimal, epochMs, venueName } from './common.ts';

const MAX_INSTRUMENTS = 2_000;

export const venue = z
  .object({
    venue: venueName,
    /** False for a venue that was checked once and is not set up any more. */
    configured: z.boolean(),
    /** Null before the first check. */
    health: z.enum(VENUE_HEALTHS).nullable(),
    detail: z.string(),
    latencyMs: z.number().nullable(),
    checkedAt: epochMs.nullable(),
    /** Age of the newest price at the last check. */
    priceAgeMs: z.number().int().nullable(),
    instruments: z.number().int(),
    tradable: z.number().int(),
    openMarkets: z.number().int().nullable(),
    refreshedAt: epochMs.nullable(),
    /** Null for a venue that was never watched, or while Temporal does not answer. */
    watch: z
      .object({
        state: z.enum(['none', 'blind', 'behind', 'watching']).meta({
          description:
            'none: nobody watches; blind: prices are unknown and nothing is fired; behind: making up for prices that went by',
        }),
        trades: z.number().int().nullable(),
        lastPriceAt: epochMs.nullable(),
        beatAt: epochMs.nullable(),
      })
      .nullable(),
  })
  .meta({ id: 'Venue' });
export type Venue = z.output<typeof venue>;
export const venueList = z.object({ items: z.array(venue) });

export const instrument = z
  .object({
    venue: venueName,
    symbol: z.string(),
    venueSymbol: z.string(),
    lot: decimal,
    minNotionalUsd: decimal,
    maxLeverage: z.number().int(),
    onlyIsolated: z.boolean(),
    tradable: z.boolean().meta({ description: 'false once the venue has delisted it' }),
  })
  .meta({ id: 'Instrument' });
export type Instrument = z.output<typeof instrument>;
export const instrumentList = z.object({ items: z.array(instrument) });

export const instrumentQuery = z.object({
  venue: venueName.optional(),
  /** Any way of writing it: `gold`, `BTC/USD`, `EURUSD`. */
  symbol: z.string().min(1).max(40).optional(),
  tradable: z.stringbool().optional(),
  limit: z.coerce.number().int().min(1).max(MAX_INSTRUMENTS).default(500),
});
