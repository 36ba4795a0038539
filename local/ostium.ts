import { fileURLToPath } from 'node:url';
import { createOstiumVenue } from '#venues/ostium/index.ts';
import type { Venue } from '#venues/venue.ts';
import {
  ostiumSandboxReady,
  type OstiumSandboxAddresses,
  type OstiumSandboxRoleOptions,
} from './roles/ostium-sandbox.ts';
import { ServiceStartError } from '#process/service-process.ts';
import type { Stoppable } from '#process/stop-all.ts';
import type { RoleSet } from './role-set.ts';

const SCRIPT = fileURLToPath(new URL('./roles/ostium-sandbox.ts', import.meta.url));
const CONTROL_TIMEOUT_MS = 10_000;

/** Ostium's sandbox in a run. */
export interface DemoOstium extends Stoppable {
  /** Null where it does not run. */
  addresses: OstiumSandboxAddresses | null;
}

/**
 * Starts Ostium's sandbox, whose prices wait for the posts. It needs `anvil`, a node that comes from npm for the
 * usual systems: where it does not run, the demo goes on without Ostium.
 */
export async function startOstium(
  {
    env,
    sandbox,
    log,
  }: {
    env: NodeJS.ProcessEnv;
    sandbox: OstiumSandboxRoleOptions;
    log: (part: string, line: string) => void;
  },
  roles: RoleSet,
): Promise<DemoOstium> {
  try {
    const role = await roles.start('ostium', SCRIPT, (before) => {
      const port = before === null ? 0 : Number(new URL(ostiumSandboxReady.parse(before).url).port);
      return { env, args: [JSON.stringify({ ...sandbox, port, startPaused: before === null })] };
    });
    return { name: role.name, stop: () => role.stop(), addresses: ostiumSandboxReady.parse(role.ready) };
  } catch (error) {
    if (!(error instanceof ServiceStartError)) throw error;
    const why = error.log.split('\n').findLast((line) => line.trim() !== '') ?? error.message;
    log('ostium', `does not run here, so only Hyperliquid is traded: ${why.trim()}`);
    return { name: 'ostium', stop: () => Promise.resolve(), addresses: null };
  }
}

/** How the processes of a run find it. */
export const ostiumEnvironment = ({
  rpcUrl,
  graphUrl,
  priceUrl,
  controlUrl,
  contracts,
}: OstiumSandboxAddresses): NodeJS.ProcessEnv => ({
  OSTIUM_NETWORK: 'testnet',
  OSTIUM_RPC_URLS: rpcUrl,
  OSTIUM_GRAPH_URL: graphUrl,
  OSTIUM_PRICE_URL: priceUrl,
  OSTIUM_CONTROL_URL: controlUrl,
  OSTIUM_CONTRACTS: [contracts.usdc, contracts.trading, contracts.tradingStorage].join(','),
});

/** Reads what the sandbox's contracts say, as a client of its own. */
export const readOstium = (addresses: OstiumSandboxAddresses): Venue =>
  createOstiumVenue({ ...addresses, network: 'testnet', rpcUrls: [addresses.rpcUrl] });

/** Lets prices move that were held at their first. */
export async function resumeOstiumPrices({ controlUrl }: OstiumSandboxAddresses): Promise<void> {
  const response = await fetch(controlUrl, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'resumePrices' }),
    signal: AbortSignal.timeout(CONTROL_TIMEOUT_MS),
  });
  if (!response.ok) throw new Error(`Ostium's sandbox answered ${response.status} to resumePrices`);
}
