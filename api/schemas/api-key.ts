import { z } from 'zod';
import { SCOPES } from '#domain/access.ts';
import { epochMs, id, pageOf } from './common.ts';

/** The year 9999. */
const MAX_TIME = 253_370_764_800_000;

export const apiKeyInput = z.strictObject({
  name: z
    .string()
    .regex(/^[\w][\w .-]{0,59}$/, 'must be 1 to 60 letters, digits, spaces, dots, - or _')
    .meta({ examples: ['dashboard'] }),
  scopes: z
    .array(z.enum(SCOPES))
    .min(1)
    .max(SCOPES.length)
    .default([...SCOPES])
    .meta({ description: 'what it may be used for; each is needed by itself' }),
  expiresAt: epochMs.min(0).max(MAX_TIME).nullable().default(null).meta({
    description: 'milliseconds since 1970 (UTC) from which on it opens nothing; null for never',
  }),
});

export const apiKey = z
  .object({
    id,
    name: z.string(),
    configured: z.boolean().meta({ description: 'it is, or was, `SIGNALMAN_API_KEY`' }),
    current: z.boolean().meta({ description: 'this request was signed in with it' }),
    scopes: z.array(z.enum(SCOPES)),
    createdAt: epochMs,
    expiresAt: epochMs.nullable(),
    lastUsedAt: epochMs.nullable().meta({ description: 'good to a minute' }),
    revokedAt: epochMs.nullable(),
  })
  .meta({ id: 'ApiKey' });
export type ApiKey = z.output<typeof apiKey>;

export const apiKeyPage = pageOf(apiKey);

/** The only answer that ever holds a key. */
export const apiKeyMade = apiKey.extend({ key: z.string() });
export type ApiKeyMade = z.output<typeof apiKeyMade>;
