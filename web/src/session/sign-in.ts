import type { z } from 'zod';
import type { challenge, opened } from '#api/schemas/session.ts';
import { post } from '../api/client.ts';
import { connect, signText, type Wallet } from './wallets.ts';

type Opened = z.output<typeof opened>;
type Challenge = z.output<typeof challenge>;

/** How a session of the browser is kept: by a cookie that no script can read. */
const KEPT = { as: 'cookie', client: 'web' } as const;

/** Opens a session with an API key. The key is sent once and kept nowhere. */
export const signInWithKey = (key: string): Promise<Opened> => post('/sessions', { body: KEPT, bearer: key });

/** Opens a session with a message that the wallet signs. */
export async function signInWithWallet(wallet: Wallet): Promise<Opened> {
  const { address, chainId } = await connect(wallet);
  const { nonce, message } = await post<Challenge>('/auth/nonce', { body: { address, chainId } });
  const signature = await signText(wallet, address, message);
  return post('/auth/sign-in', { body: { nonce, signature, ...KEPT } });
}

/** Ends the session of this browser. */
export const signOut = (): Promise<unknown> => post('/auth/sign-out');

/** Proves with a fresh signature of the wallet that it is the person of this session. */
export async function proveWithWallet(wallet: Wallet): Promise<void> {
  const { address, chainId } = await connect(wallet);
  const { nonce, message } = await post<Challenge>('/auth/proof/nonce', { body: { chainId } });
  const signature = await signText(wallet, address, message);
  await post('/auth/proof', { body: { nonce, signature } });
}
