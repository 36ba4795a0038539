import { z } from 'zod';
import { decimal, epochMs, id } from './common.ts';
import { trade } from './trade.ts';

/** A trade that has not ended, with what its position is worth at the newest price that the watcher has seen. */
export const position = z
  .object({
    ...trade.shape,
    leverage: z.number().nullable(),
    liquidationPrice: decimal.nullable(),
    markPrice: decimal.nullable(),
    markedAt: epochMs.nullable().meta({ description: 'when that price was seen' }),
    valueUsd: decimal.nullable(),
    marginUsd: decimal.nullable(),
    unrealizedUsd: decimal.nullable().meta({ description: 'before fees and funding' }),
    returnOnMarginPct: z.number().nullable().meta({ description: 'unrealized profit over the margin' }),
    atStopUsd: decimal.nullable().meta({ description: 'profit, before fees, if it ended at its stop' }),
    targets: z.array(z.object({ leg: z.number().int(), price: decimal, fraction: z.number() })),
  })
  .meta({ id: 'Position' });
export type Position = z.output<typeof position>;

export const MAX_POSITIONS = 1_000;
export const positionList = z.object({
  items: z.array(position),
  askedAt: epochMs,
  more: z.boolean().meta({ description: `there are more than ${MAX_POSITIONS}` }),
});
export type PositionList = z.output<typeof positionList>;

export const positionQuery = z.object({ deploymentId: id.optional() });

/** Prices while a trade was open, with a margin before and after. */
export const tradePrices = z.object({
  source: z.enum(['watcher', 'venue']).nullable().meta({ description: 'null where nobody knows prices' }),
  bars: z.array(z.object({ at: epochMs, open: decimal, high: decimal, low: decimal, close: decimal })),
});
export type TradePrices = z.output<typeof tradePrices>;
