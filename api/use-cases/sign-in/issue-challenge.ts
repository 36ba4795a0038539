import { generateNonce, SiweMessage } from '@signinwithethereum/siwe';
import { getAddress } from 'ethers';
import { saveChallenge, type SignInChallenge } from '#prisma/repositories/sign-in-challenges.ts';
import type { ApiDeps } from '../../deps.ts';
import { ProblemError } from '../../problem.ts';

/** How long a wallet may take to sign. */
const SIGNING_MS = 5 * 60_000;

/** Chains whose wallets may sign in: Ethereum, Arbitrum and their test networks. */
const CHAINS = [1, 42_161, 11_155_111, 421_614];

const STATEMENTS = {
  signIn: 'Sign in to Signalman. This moves no funds and costs nothing.',
  proof: 'Confirm in Signalman that it is you. This moves no funds and costs nothing.',
};

/** A wallet that is asked for a signature. */
export interface ChallengeRequest {
  address: string;
  chainId: number;
  origin: string;
  /** The session to prove anew; null for a sign-in. */
  sessionId: string | null;
}

/**
 * Makes the message that a wallet is to sign (EIP-4361) and keeps it. Throws `chain_unknown`, or `rate_limited` when too
 * many messages wait.
 */
export async function issueChallenge(
  { db, now, signIn }: ApiDeps,
  { address, chainId, origin, sessionId }: ChallengeRequest,
): Promise<SignInChallenge> {
  if (!CHAINS.includes(chainId) && !signIn.rpcUrls.has(chainId))
    throw new ProblemError('chain_unknown', `Wallets of the chain ${chainId} cannot sign in here.`);
  const at = now();
  const expiresAt = at + SIGNING_MS;
  const message = new SiweMessage({
    domain: new URL(origin).host,
    address: getAddress(address.toLowerCase()),
    statement: sessionId === null ? STATEMENTS.signIn : STATEMENTS.proof,
    uri: origin,
    version: '1',
    chainId,
    nonce: generateNonce(),
    issuedAt: new Date(at).toISOString(),
    expirationTime: new Date(expiresAt).toISOString(),
  });
  const challenge: SignInChallenge = {
    nonce: message.nonce,
    message: message.prepareMessage(),
    address: address.toLowerCase(),
    origin,
    chainId,
    sessionId,
    expiresAt,
  };
  if (!(await saveChallenge(db, challenge, at)))
    throw new ProblemError('rate_limited', 'Too many sign-ins wait for a signature; try again later.');
  return challenge;
}
