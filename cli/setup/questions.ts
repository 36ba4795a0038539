import { MASTER_KEY_FORM } from '#venues/keys/sealed-key.ts';
import { findMasterKeys } from '../doctor/local.ts';
import { checkDatabase } from '../doctor/database.ts';
import { ok, type Finding } from '../doctor/finding.ts';
import { checkOstium, checkVenue } from '../doctor/services.ts';
import { checkTemporal } from '../doctor/temporal.ts';
import type { LocalSystem } from '../find-api.ts';

/** A variable that `setup` asks for; no answer leaves it unset. */
export interface Question {
  variable: string;
  text: string;
  /** Checks whether the value can be used. */
  check: (system: LocalSystem) => Promise<Finding>;
}

const firstOf = (findings: readonly Finding[], part: string): Finding =>
  findings[0] ?? ok(part, 'not checked');

export const QUESTIONS: readonly Question[] = [
  {
    variable: 'HYPERLIQUID_URL',
    text: 'Hyperliquid: its address, such as https://api.hyperliquid-testnet.xyz (nothing: not traded)',
    check: checkVenue,
  },
  {
    variable: 'OSTIUM_RPC_URLS',
    text: 'Ostium: nodes of Arbitrum, by commas (nothing: not traded)',
    check: checkOstium,
  },
  {
    variable: 'DATABASE_URL',
    text: 'Postgres: the URL of one of yours (nothing: an embedded one)',
    check: async (system) => firstOf(await checkDatabase(system, []), 'database'),
  },
  {
    variable: 'TEMPORAL_ADDRESS',
    text: 'Temporal: host:port of a server of yours (nothing: an embedded one)',
    check: async (system) => firstOf(await checkTemporal(system), 'temporal'),
  },
  {
    variable: 'SIGNALMAN_MASTER_KEY',
    text: `master key: ${MASTER_KEY_FORM} (nothing: made at the first start)`,
    check: async (system) => findMasterKeys(system).finding,
  },
];
