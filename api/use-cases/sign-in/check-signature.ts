import { createEthersConfig, SiweMessage } from '@signinwithethereum/siwe';
import { FetchRequest, JsonRpcProvider } from 'ethers';
import { takeChallenge, type SignInChallenge } from '#prisma/repositories/sign-in-challenges.ts';
import type { ApiDeps } from '../../deps.ts';
import { ProblemError } from '../../problem.ts';

/** How long a wallet that is a contract may take to say whether a signature is its own. */
const CONTRACT_TIMEOUT_MS = 2_000;

export interface SignedChallenge {
  nonce: string;
  signature: string;
  /** Of the request that brings the signature. */
  origin: string;
  /** The session that it is to prove anew; null for a sign-in. */
  sessionId: string | null;
}

/**
 * Uses a message up and returns it when its wallet has signed it. What was signed is the message that the API has kept:
 * none of it comes from the request. Throws `sign_in_refused`.
 */
export async function checkSignature(
  { db, now, signIn }: ApiDeps,
  { nonce, signature, origin, sessionId }: SignedChallenge,
): Promise<SignInChallenge> {
  const challenge = await takeChallenge(db, nonce);
  if (!challenge || challenge.expiresAt <= now())
    throw refused('The message is not known here: it was used, has expired, or was never issued.');
  if (challenge.origin !== origin) throw refused('The message was issued for another origin.');
  if (challenge.sessionId !== sessionId) throw refused('The message was issued for another purpose.');
  const rpcUrl = signIn.rpcUrls.get(challenge.chainId) ?? null;
  if (await isSigned(challenge, { signature, rpcUrl, now: now() })) return challenge;
  throw refused('The signature is not the wallet’s.');
}

const refused = (detail: string): ProblemError => new ProblemError('sign_in_refused', detail);

/** Returns whether a wallet has signed its message, asked of the wallet itself (EIP-1271) where it is a contract. */
async function isSigned(
  { message, origin, nonce, chainId }: SignInChallenge,
  { signature, rpcUrl, now }: { signature: string; rpcUrl: string | null; now: number },
): Promise<boolean> {
  const provider = rpcUrl === null ? null : connectContract(rpcUrl, chainId);
  try {
    const config = await createEthersConfig(provider ?? undefined);
    const { success } = await new SiweMessage(message).verify(
      {
        signature,
        nonce,
        chainId,
        domain: new URL(origin).host,
        uri: origin,
        time: new Date(now).toISOString(),
      },
      { config, suppressExceptions: true, strict: true },
    );
    return success;
  } finally {
    provider?.destroy();
  }
}

function connectContract(rpcUrl: string, chainId: number): JsonRpcProvider {
  const request = new FetchRequest(rpcUrl);
  request.timeout = CONTRACT_TIMEOUT_MS;
  request.setThrottleParams({ maxAttempts: 1 });
  return new JsonRpcProvider(request, chainId, { staticNetwork: true });
}
