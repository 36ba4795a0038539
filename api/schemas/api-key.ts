import { z } from 'zod';
import { epochMs, id, pageOf } from './common.ts';

export const apiKeyInput = z.strictObject({
  name: z
    .string()
    .regex(/^[\w][\w .-]{0,59}$/, 'must be 1 to 60 letters, digits, spaces, dots, - or _')
    .meta({ examples: ['dashboard'] }),
});

export const apiKey = z
  .object({
    id,
    name: z.string(),
    configured: z.boolean().meta({ description: 'it is, or was, `SIGNALMAN_API_KEY`' }),
    current: z.boolean().meta({ description: 'this request was signed in with it' }),
    createdAt: epochMs,
    lastUsedAt: epochMs.nullable().meta({ description: 'good to a minute' }),
    revokedAt: epochMs.nullable(),
  })
  .meta({ id: 'ApiKey' });
export type ApiKey = z.output<typeof apiKey>;

export const apiKeyPage = pageOf(apiKey);

/** The only answer that ever holds a key. */
export const apiKeyMade = apiKey.extend({ key: z.string() });
export type ApiKeyMade = z.output<typeof apiKeyMade>;
