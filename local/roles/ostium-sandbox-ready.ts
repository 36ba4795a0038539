import { z } from 'zod';

/** What the role of Ostium's sandbox reports once it serves. */
export const ostiumSandboxReady = z.object({
  url: z.string(),
  rpcUrl: z.string(),
  graphUrl: z.string(),
  priceUrl: z.string(),
  controlUrl: z.string(),
  contracts: z.object({ usdc: z.string(), trading: z.string(), tradingStorage: z.string() }),
});
export type OstiumSandboxAddresses = z.infer<typeof ostiumSandboxReady>;
