import { hasJumped, wallOffset } from '#process/clocks.ts';
import { HYPERLIQUID_MAINTENANCE } from '#domain/liquidation.ts';
import type { Capabilities, StreamHandlers, Venue, VenueStream } from '../venue.ts';
import { createAccountClient } from './accounts/account-client.ts';
import { clientOrderId } from './orders/client-order-id.ts';
import { createApprovalClient } from './accounts/approval-client.ts';
import { createClient } from './http/client.ts';
import { createExecutionClient } from './orders/execution-client.ts';
import { createFeeBook } from './accounts/fee-book.ts';
import { createMarginSettings } from './accounts/margin-settings.ts';
import { createMarketDataClient } from './market/market-client.ts';
import {
  DEFAULT_PACE,
  DEFAULT_TIMEOUT_MS,
  SILENT,
  VENUE_WEIGHT_PER_MINUTE,
  type HyperliquidOptions,
} from './http/options.ts';
import { openStream } from './stream/open-stream.ts';

export type { HyperliquidOptions } from './http/options.ts';

const CAPABILITIES: Capabilities = {
  residentStop: true,
  residentTakeProfit: true,
  attachProtection: true,
  priceStream: true,
  triggerPrice: 'mark',
  residentTargets: 'ladder',
  separatePositions: false,
  oneKeyPerWallet: false,
  maintenance: HYPERLIQUID_MAINTENANCE,
};

/** Hyperliquid perpetuals: the venue's own market, and those built by others that are named. `close` ends its streams and turns away what still waits. */
export function createHyperliquidVenue(options: HyperliquidOptions): Venue {
  const client = createClient({
    url: options.url,
    network: options.network,
    exchangeTimeoutMs: options.timeoutMs?.exchange ?? DEFAULT_TIMEOUT_MS,
    infoTimeoutMs: options.timeoutMs?.info ?? DEFAULT_TIMEOUT_MS,
    weightPerMinute: options.weightPerMinute ?? VENUE_WEIGHT_PER_MINUTE,
  });
  const margins = createMarginSettings(client);
  const fees = createFeeBook(client, options.builder);
  const streams = new Set<VenueStream>();
  let told: { aheadMs: number; offsetMs: number } | null = null;

  function stream(handlers: StreamHandlers): VenueStream {
    const opened = openStream(
      {
        url: streamUrl(options.url),
        pace: { ...DEFAULT_PACE, ...options.stream },
        confirmTimeoutMs: options.timeoutMs?.info ?? DEFAULT_TIMEOUT_MS,
        logger: options.logger ?? SILENT,
      },
      handlers,
    );
    streams.add(opened);
    return {
      ...opened,
      async close() {
        streams.delete(opened);
        await opened.close();
      },
    };
  }

  return {
    name: 'hyperliquid',
    capabilities: CAPABILITIES,
    execution: createExecutionClient(client, margins, options.builder),
    accounts: createAccountClient(
      client,
      { margins, fees },
      {
        ...options,
        onTime: (time) => void (told = { aheadMs: time - Date.now(), offsetMs: wallOffset() }),
      },
    ),
    market: createMarketDataClient(client, fees, stream, options.builtMarkets),
    approvals: createApprovalClient(client, options.network),
    clientOrderId,
    clock: () => (told === null || hasJumped(told.offsetMs) ? null : Date.now() + told.aheadMs),
    async close() {
      client.close();
      await Promise.all([...streams].map((each) => each.close()));
    },
  };
}

/** `http://host/base` becomes `ws://host/base/ws`. */
const streamUrl = (url: string): string => `${url.replace(/^http/, 'ws').replace(/\/+$/, '')}/ws`;
