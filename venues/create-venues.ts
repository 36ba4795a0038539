import type { Logger } from 'pino';
import { createHyperliquidVenue, type HyperliquidOptions } from './hyperliquid/index.ts';
import { createOstiumVenue, type OstiumOptions } from './ostium/index.ts';
import type { Venue } from './venue.ts';

/** The venues that are configured, in the order they are asked by default. */
export function createVenues(
  { hyperliquid, ostium }: { hyperliquid?: HyperliquidOptions; ostium?: OstiumOptions },
  logger: Logger,
): Venue[] {
  return [
    ...(hyperliquid ? [createHyperliquidVenue({ ...hyperliquid, logger })] : []),
    ...(ostium ? [createOstiumVenue({ ...ostium, logger })] : []),
  ];
}
