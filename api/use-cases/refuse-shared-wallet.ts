import { listHolders, type KeyRequest } from '#prisma/repositories/key-holders.ts';
import type { DeploymentId, VenueName } from '#domain/ids.ts';
import type { Transaction } from '#prisma/client.ts';
import { findVenue, type ApiDeps } from '../deps.ts';
import { ProblemError } from '../problem.ts';

/**
 * Throws `wallet_has_trading_key` when the venue lets one key trade for a wallet and another deployment has it:
 * approving a second one would take the first one's right away, with its trades open.
 */
export async function refuseSharedWallet(
  deps: Pick<ApiDeps, 'venues'>,
  tx: Transaction,
  request: KeyRequest,
): Promise<void> {
  if (findVenue(deps, request.venue)?.capabilities.oneKeyPerWallet !== true) return;
  const other = (await listHolders(tx, request)).find((id) => id !== request.deploymentId);
  if (other !== undefined) throw walletHasKey(request.venue, other);
}

/** Returns the problem of a deployment that asks for a key of a wallet for which another one's key trades. */
export const walletHasKey = (venue: VenueName, holder: DeploymentId): ProblemError =>
  new ProblemError(
    'wallet_has_trading_key',
    `${venue} lets one key trade for a wallet: that of deployment ${holder}.`,
  );
