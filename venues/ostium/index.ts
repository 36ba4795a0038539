import { OSTIUM_MAINTENANCE } from '#domain/liquidation.ts';
import type { Capabilities, Venue, VenueStream } from '../venue.ts';
import { createAccountClient } from './accounts/account-client.ts';
import { createApprovalClient } from './accounts/approval-client.ts';
import { createChain } from './chain/chain.ts';
import { clientOrderId } from './orders/client-order-id.ts';
import type { OstiumContext } from './orders/context.ts';
import { createExecutionClient } from './orders/execution-client.ts';
import { createTradeHistory } from './accounts/history.ts';
import { createMarketDataClient } from './market/market-client.ts';
import { DEFAULT_CONFIRMATIONS, DEFAULT_TIMING, NETWORKS, type OstiumOptions } from './chain/options.ts';
import { createOrderFinder } from './orders/order-finder.ts';
import { createPairBook } from './market/pairs.ts';
import { createPositions } from './accounts/positions.ts';
import { createPriceService } from './market/prices.ts';
import { createRpc } from './chain/rpc.ts';
import { createTransactions } from './chain/transactions.ts';

export type { OstiumContracts, OstiumNetwork, OstiumOptions } from './chain/options.ts';

const CAPABILITIES: Capabilities = {
  residentStop: true,
  residentTakeProfit: true,
  attachProtection: true,
  priceStream: true,
  triggerPrice: 'mid',
  residentTargets: 'last',
  separatePositions: true,
  oneKeyPerWallet: true,
  maintenance: OSTIUM_MAINTENANCE,
};

/** Ostium's perpetuals on Arbitrum. `close` ends its streams. */
export function createOstiumVenue(options: OstiumOptions): Venue {
  const context = createContext(options);
  const streams = new Set<VenueStream>();
  return {
    name: 'ostium',
    capabilities: CAPABILITIES,
    execution: createExecutionClient(context),
    accounts: createAccountClient(context),
    market: createMarketDataClient(context, streams),
    approvals: createApprovalClient(context.chain, options),
    clientOrderId,
    async close() {
      await Promise.all([...streams].map((each) => each.close()));
    },
  };
}

function createContext(options: OstiumOptions): OstiumContext {
  const timing = { ...DEFAULT_TIMING, ...options.timing };
  const { chainId, contracts } = NETWORKS[options.network];
  const { rpcUrls: urls, logger } = options;
  const rpc = createRpc({ urls, chainId, requestMs: timing.requestMs, ...(logger && { logger }) });
  const confirmations = options.confirmations ?? DEFAULT_CONFIRMATIONS;
  const chain = createChain({ rpc, chainId, contracts: options.contracts ?? contracts, confirmations });
  const pairs = createPairBook(options.graphUrl, timing.requestMs);
  const positions = createPositions(chain, pairs);
  const history = createTradeHistory(chain, pairs);
  return {
    chain,
    pairs,
    positions,
    history,
    timing,
    prices: createPriceService(options.priceUrl, timing),
    orders: createOrderFinder(chain, positions, history),
    transactions: createTransactions(chain, timing),
  };
}
