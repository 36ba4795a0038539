import { z } from 'zod';
import type { OstiumNetwork, OstiumOptions } from '#venues/ostium/index.ts';

/** How Ostium is reached. */
export interface OstiumConfig extends OstiumOptions {
  /** Of a sandbox: where it takes commands to fund wallets. */
  controlUrl?: string;
}

/** The public subgraph and price service. Source: PyPI `ostium-python-sdk` 3.3.1, `config.py` and `price.py`. */
const SUBGRAPHS =
  'https://api.subgraph.ormilabs.com/api/public/67a599d5-c8d2-4cc4-9c4d-2975a97bc5d8/subgraphs';
const GRAPH_URLS: Record<OstiumNetwork, string> = {
  mainnet: `${SUBGRAPHS}/ost-prod/live/gn`,
  testnet: `${SUBGRAPHS}/ost-sep/live/gn`,
};
const PRICE_URL = 'https://metadata-backend.prod.bedrock.ostium.io';
/** Blocks of Arbitrum are not taken back in practice; a second's worth of them is cheap. */
const REAL_CONFIRMATIONS = 4;

const isUrl = (text: string): boolean => /^https?:/.test(text) && URL.canParse(text);
const httpUrl = z.string().refine(isUrl, 'is not a URL such as https://arb1.arbitrum.io/rpc');
const list = (text: string): string[] => text.split(',').map((each) => each.trim());

/** Variables of the environment that say how Ostium is reached; without `OSTIUM_RPC_URLS` it is not traded. */
export const ostiumVariables = {
  OSTIUM_RPC_URLS: z
    .string()
    .refine((text) => list(text).every(isUrl), 'is not a list of URLs separated by commas')
    .transform(list)
    .optional(),
  OSTIUM_NETWORK: z.enum(['testnet', 'mainnet'], 'is neither testnet nor mainnet').optional(),
  OSTIUM_GRAPH_URL: httpUrl.optional(),
  OSTIUM_PRICE_URL: httpUrl.optional(),
  OSTIUM_CONTROL_URL: httpUrl.optional(),
  OSTIUM_CONTRACTS: z
    .string()
    .regex(/^0x[0-9a-f]{40}(,0x[0-9a-f]{40}){2}$/i, 'is not three addresses: usdc,trading,tradingStorage')
    .transform((text) => {
      const [usdc = '', trading = '', tradingStorage = ''] = text.split(',');
      return { usdc, trading, tradingStorage };
    })
    .optional(),
  OSTIUM_CONFIRMATIONS: z
    .string()
    .regex(/^[1-9]\d{0,3}$/, 'is not a whole number above 0')
    .transform(Number)
    .optional(),
};

type Read = { [Name in keyof typeof ostiumVariables]?: z.output<(typeof ostiumVariables)[Name]> };

/** Empty when Ostium is not configured. */
export function readOstium(read: Read): { ostium?: OstiumConfig } {
  if (read.OSTIUM_RPC_URLS === undefined) return {};
  const network = read.OSTIUM_NETWORK ?? 'testnet';
  const contracts = read.OSTIUM_CONTRACTS;
  return {
    ostium: {
      network,
      rpcUrls: read.OSTIUM_RPC_URLS,
      graphUrl: read.OSTIUM_GRAPH_URL ?? GRAPH_URLS[network],
      priceUrl: read.OSTIUM_PRICE_URL ?? PRICE_URL,
      confirmations: read.OSTIUM_CONFIRMATIONS ?? (contracts ? 1 : REAL_CONFIRMATIONS),
      ...(contracts && { contracts }),
      ...(read.OSTIUM_CONTROL_URL !== undefined && { controlUrl: read.OSTIUM_CONTROL_URL }),
    },
  };
}
