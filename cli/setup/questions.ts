import { MASTER_KEY_FORM } from '#venues/keys/sealed-key.ts';
import { checkStateDir, findMasterKeys } from '../doctor/local.ts';
import { checkDatabase } from '../doctor/database.ts';
import { ok, type Finding } from '../doctor/finding.ts';
import { checkOstium, checkVenue } from '../doctor/services.ts';
import { checkTemporal } from '../doctor/temporal.ts';
import type { LocalSystem } from '../find-api.ts';
import { MODEL_QUESTIONS } from './model-questions.ts';

/** Variables and what they are set to, as far as they were asked for. */
export type Answers = Readonly<Record<string, string>>;

/** A variable that `setup` asks for; no answer leaves it unset. */
export interface Question {
  variable: string;
  text: string;
  /** Returns what no answer of a person stands for; empty, or left out, for nothing. */
  otherwise?: (answers: Answers) => string;
  /** Whether a person is asked, after these answers; left out, always. */
  isAsked?: (answers: Answers) => boolean;
  /** Checks whether the value can be used. */
  check: (system: LocalSystem) => Promise<Finding>;
}

const firstOf = (findings: readonly Finding[], part: string): Finding =>
  findings[0] ?? ok(part, 'not checked');

const HYPERLIQUID_URLS: Answers = {
  testnet: 'https://api.hyperliquid-testnet.xyz',
  mainnet: 'https://api.hyperliquid.xyz',
};

export const QUESTIONS: readonly Question[] = [
  {
    variable: 'HYPERLIQUID_NETWORK',
    text: 'Hyperliquid: testnet (mock money) or mainnet (real money) (nothing: not traded)',
    check: async ({ environment }) => ok('network', environment.HYPERLIQUID_NETWORK ?? 'none'),
  },
  {
    variable: 'HYPERLIQUID_URL',
    text: "Hyperliquid: its address (nothing: the network's own)",
    isAsked: ({ HYPERLIQUID_NETWORK }) => HYPERLIQUID_NETWORK !== undefined,
    otherwise: ({ HYPERLIQUID_NETWORK = '' }) => HYPERLIQUID_URLS[HYPERLIQUID_NETWORK] ?? '',
    check: checkVenue,
  },
  {
    variable: 'OSTIUM_NETWORK',
    text: 'Ostium: testnet (mock money) or mainnet (real money) (nothing: not traded)',
    check: async ({ environment }) => ok('network', environment.OSTIUM_NETWORK ?? 'none'),
  },
  {
    variable: 'OSTIUM_RPC_URLS',
    text: 'Ostium: nodes of that network on Arbitrum, by commas (nothing: not traded)',
    isAsked: ({ OSTIUM_NETWORK }) => OSTIUM_NETWORK !== undefined,
    check: checkOstium,
  },
  {
    variable: 'SIGNALMAN_STATE_DIR',
    text: 'folder of the books, one for each network (nothing: .signalman, or .signalman-NETWORK)',
    otherwise: ({ HYPERLIQUID_NETWORK, OSTIUM_NETWORK }) => {
      const network = HYPERLIQUID_NETWORK ?? OSTIUM_NETWORK;
      return network === undefined ? '' : `.signalman-${network}`;
    },
    check: async (system) => checkStateDir(system),
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
  ...MODEL_QUESTIONS,
];
