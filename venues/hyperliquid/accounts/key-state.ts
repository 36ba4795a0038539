import { extraAgents, userRole } from '@nktkas/hyperliquid/api/info';
import type { AccountId } from '#domain/ids.ts';
import type { KeyState } from '../../venue.ts';
import type { HyperliquidClient } from '../http/client.ts';
import * as schemas from '../http/schemas.ts';

const WEIGHT = { extraAgents: 20, userRole: 60 } as const;

/** Returns the state of a trading key. Named keys are listed with their expiry; an unnamed one shows only in the role of its address. Throws `VenueError`. */
export async function readKeyState(
  client: HyperliquidClient,
  user: AccountId,
  signer: string,
): Promise<KeyState> {
  if (signer === user) return { state: 'approved', validUntil: null };
  const agents = await client.info({
    schema: schemas.extraAgents,
    weight: WEIGHT.extraAgents,
    ask: (config) => extraAgents(config, { user }),
  });
  const named = agents.find((agent) => agent.address.toLowerCase() === signer);
  if (named === undefined) return stateOfUnnamed(client, user, signer);
  const { validUntil } = named;
  if (validUntil !== null && validUntil <= Date.now()) return { state: 'expired', validUntil };
  return { state: 'approved', validUntil };
}

async function stateOfUnnamed(client: HyperliquidClient, user: AccountId, signer: string): Promise<KeyState> {
  const { role, data } = await client.info({
    schema: schemas.userRole,
    weight: WEIGHT.userRole,
    ask: (config) => userRole(config, { user: signer }),
  });
  const isOurs = role === 'agent' && data?.user?.toLowerCase() === user;
  return isOurs ? { state: 'approved', validUntil: null } : { state: 'removed' };
}

/** Returns advice to the owner about a key that may not trade. */
export const adviceOn = ({ state }: KeyState): string =>
  state === 'expired'
    ? 'the trading key has expired: approve a new one'
    : 'the trading key is not (or no longer) let in: approve it';
