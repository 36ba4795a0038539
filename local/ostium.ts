import { fileURLToPath } from 'node:url';
import { createOstiumVenue } from '#venues/ostium/index.ts';
import type { Venue } from '#venues/venue.ts';
import type { OstiumSandboxRoleOptions } from './roles/ostium-sandbox.ts';
import { ostiumSandboxReady, type OstiumSandboxAddresses } from './roles/ostium-sandbox-ready.ts';
import { ServiceStartError } from '#process/service-process.ts';
import type { Stoppable } from '#process/stop-all.ts';
import type { Parts } from './parts.ts';

const SCRIPT = fileURLToPath(import.meta.resolve('#local/roles/ostium-sandbox.ts'));
const CONTROL_TIMEOUT_MS = 10_000;

/** Ostium's sandbox in a run. */
export interface LocalOstium extends Stoppable {
  /** Null where it does not run. */
  addresses: OstiumSandboxAddresses | null;
}

export interface OstiumStartOptions {
  env: NodeJS.ProcessEnv;
  sandbox: OstiumSandboxRoleOptions;
  log: (part: string, line: string) => void;
}

/**
 * Starts Ostium's sandbox; held prices are held at the first start only. It needs `anvil`, a node that comes from
 * npm for the usual systems: where it does not run, the system goes on without Ostium.
 */
export async function startOstium(
  { env, sandbox, log }: OstiumStartOptions,
  parts: Parts,
): Promise<LocalOstium> {
  try {
    const role = await parts.startRole('ostium', SCRIPT, (before) => {
      const place =
        before === null ? {} : { port: portOf(ostiumSandboxReady.parse(before)), startPaused: false };
      return { env, args: [JSON.stringify({ ...sandbox, ...place })] };
    });
    return { name: role.name, stop: () => role.stop(), addresses: ostiumSandboxReady.parse(role.ready) };
  } catch (error) {
    if (!(error instanceof ServiceStartError)) throw error;
    log('ostium', `does not run here, so only Hyperliquid is traded: ${reasonIn(error)}`);
    return { name: 'ostium', stop: () => Promise.resolve(), addresses: null };
  }
}

/** The line that says why a program ended: that of its error, else the last one of its log, else that it ended. */
function reasonIn({ log, message }: ServiceStartError): string {
  const lines = log.split('\n').map((line) => line.trim());
  const telling = lines.findLast((line) => /^\w*Error\b.*: /.test(line)) ?? lines.findLast(Boolean);
  return telling ?? message;
}

const portOf = ({ url }: OstiumSandboxAddresses): number => Number(new URL(url).port);

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
