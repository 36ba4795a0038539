import type { AccountId, VenueName } from '#domain/ids.ts';
import { drawNonce, findTradingKey } from '#prisma/repositories/trading-keys.ts';
import type { TradingAccount, TradingSigner, Venue } from '#venues/venue.ts';
import { venueOf, type TradingDeps } from '../deps.ts';
import { openSigner } from './open-signer.ts';

/** An account ready to trade: its venue, its signer, and fresh nonces. */
export interface DeskAccount {
  /** Whose trading key signs. */
  deploymentId: string;
  venue: Venue;
  account: TradingAccount;
  nextNonce(): Promise<number>;
}

/** The deployment has no trading key for the venue. */
export class NoTradingKeyError extends Error {
  override name = 'NoTradingKeyError';
  readonly code = 'no_trading_key';
}

export type OpenDeskAccount = (owner: {
  deploymentId: string;
  accountId: AccountId;
  venue: VenueName;
}) => Promise<DeskAccount>;

/**
 * Opens accounts, keeping each opened signer for the life of the process: private keys are unsealed once and
 * never leave the signer. Throws `NoTradingKeyError` or `KeyUnreadableError`.
 */
export function createDeskAccounts(deps: TradingDeps): OpenDeskAccount {
  const signers = new Map<string, Promise<TradingSigner>>();

  const findSigner = async (deploymentId: string, venue: VenueName): Promise<TradingSigner> => {
    const key = await findTradingKey(deps.db, deploymentId, venue);
    if (!key) throw new NoTradingKeyError(`deployment ${deploymentId} has no trading key for ${venue}`);
    return openSigner(deps, key);
  };

  return async ({ deploymentId, accountId, venue }) => {
    const cacheKey = `${deploymentId}/${venue}`;
    const pending = signers.get(cacheKey) ?? findSigner(deploymentId, venue);
    signers.set(cacheKey, pending);
    // A failure is not kept: the operator may correct the key while we run.
    const signer = await pending.catch((error: unknown) => {
      signers.delete(cacheKey);
      throw error;
    });
    return {
      deploymentId,
      venue: venueOf(deps, venue),
      account: { accountId, signer },
      nextNonce: () => drawNonce(deps.db, deploymentId, venue, deps.now()),
    };
  };
}
