import { z } from 'zod';

/** How people sign in with a wallet. */
export interface SignInConfig {
  /** Where browsers reach the API, such as `https://trade.example`; none: at its own port on loopback only. */
  origins: readonly string[];
  /** True where a wallet that nobody added becomes a user by signing in. */
  isOpen: boolean;
  /** RPC URLs by chain id, for wallets that are contracts. */
  rpcUrls: ReadonlyMap<number, string>;
}

/** No other origins, no unknown wallets, no contract wallets. */
export const CLOSED_SIGN_IN: SignInConfig = { origins: [], isOpen: false, rpcUrls: new Map() };

const split = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

/** Hosts that name the machine itself, whose plain HTTP nobody else reads. */
const LOOPBACK = /^(localhost|127\.0\.0\.1|\[::1\])$/;

/** Returns whether a URL names the machine itself. */
export const isLoopback = (url: URL): boolean => LOOPBACK.test(url.hostname);

const isOrigin = (text: string): boolean => {
  const url = URL.parse(text);
  return url !== null && url.origin === text && (url.protocol === 'https:' || isLoopback(url));
};

const RPC_ENTRY = /^([1-9]\d{0,9})=(https?:\/\/\S+)$/;
const isRpc = (entry: string): boolean => URL.canParse(RPC_ENTRY.exec(entry)?.[2] ?? '');

/** Variables of the environment that say how people sign in with a wallet. */
export const signInVariables = {
  SIGNALMAN_ORIGINS: z
    .string()
    .refine(
      (text) => split(text).every(isOrigin),
      'is not a list of origins by commas, each such as https://trade.example (plain http only on this machine)',
    )
    .optional(),
  SIGNALMAN_SIGN_UP: z.enum(['open', 'closed'], 'is neither open nor closed').optional(),
  SIGNALMAN_SIGN_IN_RPC_URLS: z
    .string()
    .refine(
      (text) => split(text).every(isRpc),
      'is not a list such as 1=https://eth.example,42161=https://arbitrum.example',
    )
    .optional(),
};

type Read = { [Name in keyof typeof signInVariables]?: z.output<(typeof signInVariables)[Name]> };

export const readSignIn = (read: Read): SignInConfig => ({
  origins: split(read.SIGNALMAN_ORIGINS ?? ''),
  isOpen: read.SIGNALMAN_SIGN_UP === 'open',
  rpcUrls: new Map(split(read.SIGNALMAN_SIGN_IN_RPC_URLS ?? '').map(toRpc)),
});

function toRpc(entry: string): [number, string] {
  const [, chain = '', url = ''] = RPC_ENTRY.exec(entry) ?? [];
  return [Number(chain), url];
}
