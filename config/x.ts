import { z } from 'zod';
import { isDecimalString } from '#domain/money.ts';

/** How X is reached, and what reading costs there. */
export interface XConfig {
  /** `bearerToken` opens X, or the proxy at `baseUrl`. Null: X is not read. */
  access: { baseUrl: string; bearerToken: string } | null;
  /** Whether posts are heard over the activity stream between polls. */
  isStreamed: boolean;
  prices: { readUsd: string; lookUpUsd: string };
}

const X_API_URL = 'https://api.x.com';
/** Prices of 2026 for a post that is read and for a look-up of an account, in USD. */
const READ_USD = '0.005';
const LOOK_UP_USD = '0.01';

const price = z
  .string()
  .refine((text) => isDecimalString(text) && Number(text) >= 0, 'is not an amount in USD');

/** Variables of the environment that say how X is reached. */
export const xVariables = {
  X_BEARER_TOKEN: z
    .string()
    .regex(/^[\x21-\x7e]{10,500}$/, 'is not a bearer token')
    .optional(),
  X_API_BASE_URL: z
    .string()
    .refine((text) => /^https?:/.test(text) && URL.canParse(text), `is not a URL such as ${X_API_URL}`)
    .optional(),
  X_PROXY_SECRET: z
    .string()
    .regex(/^[\x21-\x7e]{20,500}$/, 'is not 20 to 500 characters without spaces')
    .optional(),
  X_STREAM: z
    .enum(['true', 'false'], 'is neither true nor false')
    .transform((text) => text === 'true')
    .optional(),
  X_READ_USD: price.optional(),
  X_LOOK_UP_USD: price.optional(),
};

type Read = { [Name in keyof typeof xVariables]?: z.output<(typeof xVariables)[Name]> };

/** Returns the settings of X from the variables. */
export const readX = (read: Read): XConfig => ({
  access:
    read.X_BEARER_TOKEN === undefined
      ? null
      : { baseUrl: read.X_API_BASE_URL ?? X_API_URL, bearerToken: read.X_BEARER_TOKEN },
  isStreamed: read.X_STREAM ?? true,
  prices: { readUsd: read.X_READ_USD ?? READ_USD, lookUpUsd: read.X_LOOK_UP_USD ?? LOOK_UP_USD },
});
