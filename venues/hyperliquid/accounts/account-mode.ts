import { forwardNow } from '#process/clocks.ts';
import { userAbstraction } from '@nktkas/hyperliquid/api/info';
import type { AccountId } from '#domain/ids.ts';
import { VenueError } from '../../venue.ts';
import type { HyperliquidClient } from '../http/client.ts';
import * as schemas from '../http/schemas.ts';
import { WEIGHT } from './weights.ts';

/** Modes in which the perpetuals account holds its own collateral. In an unknown mode it may not. */
const OWN_MARGIN_MODES: ReadonlySet<string> = new Set(['default', 'disabled', 'dexAbstraction']);
/** An account is asked again for its mode after this time. */
const TRUSTED_MS = 3_600_000;

/**
 * Returns a function that reads the mode of an account, which it remembers for an hour. The function throws `VenueError`
 * `account_mode_unsupported` for unified and portfolio accounts, which keep their collateral elsewhere: `withdrawable` of
 * their perpetuals account is not their free margin. Source: official documentation, "account abstraction modes".
 */
export function createAccountModeCheck(client: HyperliquidClient): (user: AccountId) => Promise<string> {
  const trusted = new Map<AccountId, { mode: string; until: number }>();
  return async (user) => {
    const known = trusted.get(user);
    if (known && known.until > forwardNow()) return known.mode;
    const mode = await client.info({
      schema: schemas.userAbstraction,
      weight: WEIGHT.usual,
      ask: (config) => userAbstraction(config, { user }),
    });
    if (!OWN_MARGIN_MODES.has(mode)) {
      throw new VenueError(
        'account_mode_unsupported',
        `account ${user} is in ${mode} mode; switch it to separate perpetuals margin to trade here`,
        'fatal',
      );
    }
    trusted.set(user, { mode, until: forwardNow() + TRUSTED_MS });
    return mode;
  };
}
