import { findOtherHolder, type KeyRequest } from '#prisma/repositories/key-holders.ts';
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
  const holder = await findOtherHolder(tx, request);
  if (holder === null) return;
  const text = `${request.venue} lets one key trade for a wallet: that of deployment ${holder}.`;
  throw new ProblemError('wallet_has_trading_key', text);
}
