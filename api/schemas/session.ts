import { z } from 'zod';
import { SCOPES } from '#domain/access.ts';
import { epochMs, freeText, id, walletAddress } from './common.ts';
import { user } from './user.ts';

export const challengeInput = z.strictObject({
  address: walletAddress,
  chainId: z.number().int().min(1).max(2_147_483_647).default(1).meta({
    description: 'the chain that the wallet is on',
  }),
});

export const challenge = z
  .object({
    nonce: z.string(),
    message: z.string().meta({ description: 'to be signed as it is, by `personal_sign` (EIP-191)' }),
    expiresAt: epochMs,
  })
  .meta({ id: 'SignInChallenge' });

const signed = {
  nonce: z.string().regex(/^[A-Za-z0-9]{8,64}$/, 'must be the nonce of a message'),
  signature: z
    .string()
    .regex(/^0x([0-9a-fA-F]{2}){1,5000}$/, 'must be 0x and up to 5,000 bytes as hex digits'),
};

/** How a client keeps its session. */
const kept = {
  as: z.enum(['bearer', 'cookie']).default('bearer').meta({
    description: '`cookie` for a browser, which then holds no token; `bearer` for a program',
  }),
  client: freeText(60).min(1).default('unnamed').meta({ description: 'what the client calls itself' }),
};

export const signInInput = z.strictObject({ ...signed, ...kept });
export const sessionInput = z.strictObject(kept);
export const proofInput = z.strictObject(signed);

export const session = z
  .object({
    id,
    as: z.enum(['bearer', 'cookie']),
    client: z.string(),
    scopes: z.array(z.enum(SCOPES)),
    current: z.boolean().meta({ description: 'this request was signed in with it' }),
    createdAt: epochMs,
    provenAt: epochMs.meta({ description: 'when its user last proved to hold the wallet or the key' }),
    lastUsedAt: epochMs.meta({ description: 'good to a minute; after 30 minutes without use it is over' }),
    expiresAt: epochMs,
  })
  .meta({ id: 'Session' });
export type Session = z.output<typeof session>;

export const sessionList = z.object({ items: z.array(session) });

export const opened = z.object({
  user,
  session,
  token: z.string().nullable().meta({ description: 'the only time it is shown; null for a cookie' }),
});

export const whoAmI = z.object({
  user,
  scopes: z.array(z.enum(SCOPES)),
  session: session.nullable().meta({ description: 'null for a key' }),
  keyId: id.nullable().meta({ description: 'the key that the request, or its session, came with' }),
});
