import { checkKeysOf } from '#activities/trading-keys/keep-keys.ts';
import type { DeploymentRecord } from '#prisma/repositories/deployments.ts';
import { KeyUnreadableError } from '#venues/keys/sealed-key.ts';
import { findVenue, type ApiDeps } from '../deps.ts';
import type { Principal } from '../plugins/auth.ts';
import { ProblemError } from '../problem.ts';

/**
 * Asks each venue which keys of a deployment it accepts: one that waits and is accepted signs from then on. Throws
 * `VenueError`, and `trading_key_unreadable` when a key that was to take over does not open.
 */
export async function checkApprovals(
  deps: Pick<ApiDeps, 'db' | 'venues' | 'masterKeys' | 'logger' | 'now'>,
  { name: actor }: Principal,
  { id: deploymentId, tradingKeys }: Pick<DeploymentRecord, 'id' | 'tradingKeys'>,
): Promise<void> {
  const venues = new Map(deps.venues.map((venue) => [venue.name, venue]));
  const keyDeps = { ...deps, venues };
  for (const venue of new Set(tradingKeys.map((key) => key.venue))) {
    if (!findVenue(deps, venue)) continue;
    // oxlint-disable-next-line no-await-in-loop -- one venue after the other
    await checkKeysOf(keyDeps, { deploymentId, venue }, actor).catch((error: unknown) => {
      if (!(error instanceof KeyUnreadableError)) throw error;
      throw new ProblemError('trading_key_unreadable', error.message, { cause: error });
    });
  }
}
