import { z } from 'zod';
import type { BuilderFee } from '#venues/hyperliquid/http/options.ts';

/** How Hyperliquid is reached. */
export interface HyperliquidConfig {
  url: string;
  network: 'testnet' | 'mainnet';
  /** This process's share of the venue's request budget; the venue's own limit unless given. */
  weightPerMinute?: number;
  builtMarkets?: readonly string[];
  builder?: BuilderFee;
}

/** Variables of the environment that say how Hyperliquid is reached, but for its URL. */
export const hyperliquidVariables = {
  HYPERLIQUID_NETWORK: z.enum(['testnet', 'mainnet'], 'is neither testnet nor mainnet').optional(),
  HYPERLIQUID_WEIGHT_PER_MINUTE: z
    .string()
    .regex(/^[1-9]\d{0,8}$/, 'is not a whole number above 0')
    .transform(Number)
    .optional(),
  HYPERLIQUID_BUILT_MARKETS: z
    .string()
    .regex(/^[a-z0-9]{1,10}(,[a-z0-9]{1,10})*$/, 'is not a list of short market names separated by commas')
    .transform((text) => text.split(','))
    .optional(),
  HYPERLIQUID_BUILDER: z
    .string()
    .regex(/^0x[0-9a-f]{40}:\d{1,3}$/i, 'is not an address and tenths of a basis point such as 0x…:10')
    .refine((text) => Number(text.split(':')[1]) <= 100, 'asks for more than 100 tenths of a basis point')
    .transform((text): BuilderFee => {
      const [address = '', tenthsOfBps] = text.split(':');
      return { address: address.toLowerCase(), tenthsOfBps: Number(tenthsOfBps) };
    })
    .optional(),
};

/** The venue's own addresses. Source: its documentation, "API". */
const NETWORK_HOSTS: Readonly<Record<string, HyperliquidConfig['network']>> = {
  'api.hyperliquid.xyz': 'mainnet',
  'api.hyperliquid-testnet.xyz': 'testnet',
};

/** Returns why the network of signatures cannot be that of the address; null when it can. */
export function findNetworkProblem(url: string, read: Read): string | null {
  const { network } = readHyperliquid(url, read);
  const own = NETWORK_HOSTS[new URL(url).hostname];
  if (own === undefined || own === network) return null;
  const money = own === 'mainnet' ? 'real money' : 'mock money';
  return `is ${network}, and HYPERLIQUID_URL is the address of the ${own}: set ${own} to trade there with ${money}`;
}

type Read = {
  [Name in keyof typeof hyperliquidVariables]?: z.output<(typeof hyperliquidVariables)[Name]>;
};

/** Returns the Hyperliquid settings of a URL and the variables. */
export const readHyperliquid = (url: string, read: Read): HyperliquidConfig => ({
  url,
  network: read.HYPERLIQUID_NETWORK ?? 'testnet',
  ...(read.HYPERLIQUID_WEIGHT_PER_MINUTE !== undefined && {
    weightPerMinute: read.HYPERLIQUID_WEIGHT_PER_MINUTE,
  }),
  ...(read.HYPERLIQUID_BUILT_MARKETS && { builtMarkets: read.HYPERLIQUID_BUILT_MARKETS }),
  ...(read.HYPERLIQUID_BUILDER && { builder: read.HYPERLIQUID_BUILDER }),
});
