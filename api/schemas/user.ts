import { z } from 'zod';
import { ROLES } from '#domain/access.ts';
import { epochMs, id, pageOf, walletAddress } from './common.ts';

const userName = z
  .string()
  .regex(/^[\w][\w .@-]{0,59}$/, 'must be 1 to 60 letters, digits, spaces, dots, @, - or _')
  .meta({ examples: ['maria'] });
const role = z.enum(ROLES).meta({ description: 'each may do what the one before may, and more' });

export const userInput = z.strictObject({
  name: userName,
  role: role.default('user'),
  walletAddress: walletAddress.nullable().default(null).meta({
    description: 'the wallet that signs the user in; null for one who has keys only',
  }),
});

export const userChange = z.strictObject({
  name: userName.optional(),
  role: role.optional(),
  walletAddress: walletAddress.nullable().optional(),
  disabled: z.boolean().optional().meta({ description: 'true ends all keys and sessions of the user' }),
});
export type UserChange = z.output<typeof userChange>;

export const user = z
  .object({
    id,
    name: z.string(),
    role,
    walletAddress: z.string().nullable(),
    createdAt: epochMs,
    disabledAt: epochMs.nullable(),
  })
  .meta({ id: 'User' });

export type User = z.output<typeof user>;

export const userPage = pageOf(user);
