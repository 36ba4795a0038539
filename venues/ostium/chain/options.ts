import type { Logger } from 'pino';

/** Contracts of a deployment; the others are found through Trading's registry. */
export interface OstiumContracts {
  usdc: string;
  trading: string;
  tradingStorage: string;
}

export interface OstiumOptions {
  network: OstiumNetwork;
  /** Nodes of the chain; the next one is asked where one fails. */
  rpcUrls: readonly string[];
  /** The subgraph, which lists the pairs and their rules. */
  graphUrl: string;
  /** Base address of the price service. */
  priceUrl: string;
  /** Contracts of a sandbox; those of the network unless given. */
  contracts?: OstiumContracts;
  /** Depth below the newest block at which an event is believed; 1 is the newest block. */
  confirmations?: number;
  timing?: Partial<Timing>;
  logger?: Pick<Logger, 'warn'>;
}

export type OstiumNetwork = 'testnet' | 'mainnet';

export interface Timing {
  /** Time limit of one request to a node or service. */
  requestMs: number;
  /** Pause between two looks at a transaction or order that is awaited. */
  pollMs: number;
  /** Time after which a transaction that is not mined is sent again with a higher fee. */
  stuckMs: number;
  /** Time that one command waits for its transaction in all. */
  minedMs: number;
  /** Time that one command waits for the venue to fill its order. */
  settledMs: number;
  /** Pause between two looks at the prices. */
  pricesMs: number;
  /** Prices of an open market older than this are not traded on. */
  staleMs: number;
  /** Time that a close waits for the price service before it uses the last price known. */
  closePriceMs: number;
}

export const DEFAULT_TIMING: Timing = {
  requestMs: 5_000,
  pollMs: 100,
  stuckMs: 6_000,
  minedMs: 20_000,
  settledMs: 8_000,
  pricesMs: 500,
  staleMs: 60_000,
  closePriceMs: 1_000,
};

/** Arbitrum makes four blocks a second and does not take them back in practice. */
export const DEFAULT_CONFIRMATIONS = 1;

/** Source: PyPI `ostium-python-sdk` 3.3.1, `config.py`. */
export const NETWORKS: Record<OstiumNetwork, { chainId: number; contracts: OstiumContracts }> = {
  mainnet: {
    chainId: 42_161,
    contracts: {
      usdc: '0xaf88d065e77c8cC2239327C5EDb3A432268e5831',
      trading: '0x6D0bA1f9996DBD8885827e1b2e8f6593e7702411',
      tradingStorage: '0xcCd5891083A8acD2074690F65d3024E7D13d66E7',
    },
  },
  testnet: {
    chainId: 421_614,
    contracts: {
      usdc: '0xe73B11Fb1e3eeEe8AF2a23079A4410Fe1B370548',
      trading: '0x2A9B9c988393f46a2537B0ff11E98c2C15a95afe',
      tradingStorage: '0x0b9F5243B29938668c9Cfbd7557A389EC7Ef88b8',
    },
  },
};
