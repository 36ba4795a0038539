import { join } from 'node:path';
import { z } from 'zod';
import { isSandboxUrl } from '#api/wallet-provisioner.ts';
import type { Environment } from '#config/env.ts';
import { readJson, writeJson } from '#process/json-file.ts';
import type { StateDir } from './state-dir.ts';

const networks = z.partialRecord(
  z.enum(['hyperliquid', 'ostium']),
  z.enum(['sandbox', 'testnet', 'mainnet']),
);
type Networks = z.infer<typeof networks>;

/** The books of the state folder are of another network than the one that is configured. */
export class NetworkChangedError extends Error {
  override readonly name = 'NetworkChangedError';
  readonly code = 'network_changed';
}

/**
 * Remembers on which network each venue is traded with the books of this folder: trades of a sandbox, looked up at
 * the real venue, would be taken for closed there.
 *
 * @throws {NetworkChangedError} when a venue is on another network than before.
 */
export function checkNetworks(state: StateDir, given: Environment, areLocal: boolean): void {
  const file = join(state.root, 'networks.json');
  const before = networks.safeParse(readJson(file)).data ?? {};
  const now = areLocal ? ({ hyperliquid: 'sandbox', ostium: 'sandbox' } as const) : networksOf(given);
  for (const venue of ['hyperliquid', 'ostium'] as const) {
    const [was, is] = [before[venue], now[venue]];
    if (was !== undefined && is !== undefined && was !== is) throw changed(state, { venue, was, is });
  }
  writeJson(file, { ...before, ...now });
}

const networksOf = (given: Environment): Networks => ({
  ...(given.HYPERLIQUID_URL !== undefined && {
    hyperliquid: isSandboxUrl(given.HYPERLIQUID_URL) ? 'sandbox' : (given.HYPERLIQUID_NETWORK ?? 'testnet'),
  }),
  ...(given.OSTIUM_RPC_URLS !== undefined && {
    ostium: given.OSTIUM_CONTRACTS ? 'sandbox' : (given.OSTIUM_NETWORK ?? 'testnet'),
  }),
});

const changed = (
  { root }: StateDir,
  { venue, was, is }: { venue: string; was: string; is: string },
): NetworkChangedError =>
  new NetworkChangedError(
    `the books in ${root} are of ${venue}'s ${was}, and ${is} is configured: ` +
      `choose another folder, such as SIGNALMAN_STATE_DIR=.signalman-${is}, or remove this one`,
  );
