import { readClassifier } from '#config/classifier.ts';
import { readEnvironment, type Environment } from '#config/env.ts';
import { apiKeyFile, masterKeyFile, readSecretFile } from '#config/secret-files.ts';
import type { RoleName } from '#local/own-roles.ts';
import type { StateDir } from '#local/state-dir.ts';
import type { LocalSystem } from '#local/system.ts';
import { counted } from '#terminal/output.ts';
import { uiLinks } from '#temporal/ui-links.ts';

/** Which secrets the state folder holds. */
export interface KeptSecrets {
  masterKey: boolean;
  apiKey: boolean;
}

export const keptSecrets = ({ root }: StateDir): KeptSecrets => ({
  masterKey: readSecretFile(masterKeyFile(root)) !== null,
  apiKey: readSecretFile(apiKeyFile(root)) !== null,
});

export interface DescribeOptions {
  given: Environment;
  /** Secrets that existed before this start. */
  kept: KeptSecrets;
  roles: readonly RoleName[];
}

/**
 * Returns lines that say where each part runs, which secrets this start has made, and how to turn on the venues that
 * are off.
 */
export function describeSystem(system: LocalSystem, { given, kept, roles }: DescribeOptions): string[] {
  return [
    ...apiLines(system, given, kept),
    ...temporalLines(system),
    masterKeyLine(system, given, kept),
    ...venueLines(system, given),
    ...(roles.includes('pipeline') ? [classifierLine(system)] : []),
    'next: docs/quick-start.md, and in another terminal npx signalman doctor, npx signalman status',
  ];
}

/** The environment of the run names the stand-in, where one was started. */
function classifierLine({ env }: LocalSystem): string {
  const { by, model } = readClassifier(readEnvironment(env));
  if (by === 'rules' || !model) return 'posts are read by rules';
  const reader = `${model.model} at ${new URL(model.baseUrl).host}`;
  return by === 'openai'
    ? `posts are read by ${reader}`
    : `posts are read by rules, and confirmed by ${reader}`;
}

function apiLines({ apiUrl, state }: LocalSystem, given: Environment, kept: KeptSecrets): string[] {
  if (apiUrl === null) return [];
  const key = given.SIGNALMAN_API_KEY
    ? 'its key is that of SIGNALMAN_API_KEY'
    : `its key is in ${apiKeyFile(state.root)}${kept.apiKey ? '' : ' (made now)'}`;
  return [`web interface: ${apiUrl}`, `API: ${apiUrl}/docs, ${key}`];
}

function temporalLines({ temporal: { address, namespace, uiUrl } }: LocalSystem): string[] {
  if (uiUrl === null) return [`Temporal: that of ${address}`];
  return [
    `Temporal Web UI: ${uiUrl}`,
    ...uiLinks(uiUrl, namespace).map(({ name, url }) => `  ${name}: ${url}`),
  ];
}

function masterKeyLine({ state }: LocalSystem, given: Environment, kept: KeptSecrets): string {
  if (given.SIGNALMAN_MASTER_KEY) return 'master key: that of SIGNALMAN_MASTER_KEY';
  const file = masterKeyFile(state.root);
  if (kept.masterKey) return `master key: ${file}`;
  return `master key: made now, ${file}; keep a copy elsewhere, for no trading key opens without it`;
}

const HOW = {
  hyperliquid: 'HYPERLIQUID_URL=https://api.hyperliquid-testnet.xyz',
  ostium: 'OSTIUM_RPC_URLS=https://sepolia-rollup.arbitrum.io/rpc',
} as const;

function venueLines({ sandboxUrl, ostium }: LocalSystem, given: Environment): string[] {
  if (sandboxUrl !== null) {
    return [`venues: play money at ${ostium ? 'the sandboxes' : 'the sandbox'} (${sandboxUrl})`];
  }
  const { HYPERLIQUID_URL: hyperliquid, OSTIUM_RPC_URLS: nodes } = given;
  return [
    venueLine('hyperliquid', hyperliquid && `${hyperliquid} (${given.HYPERLIQUID_NETWORK ?? 'testnet'})`),
    venueLine('ostium', nodes && `${counted(nodes.length, 'node')} (${given.OSTIUM_NETWORK ?? 'testnet'})`),
    ...(hyperliquid === undefined && nodes === undefined
      ? [
          'no venue is on, so nothing is traded: npx signalman setup asks what is needed, --sandbox adds local ones',
        ]
      : []),
  ];
}

const venueLine = (venue: keyof typeof HOW, where: string | undefined): string =>
  where === undefined
    ? `venue ${venue}: off; its test network is on with ${HOW[venue]}`
    : `venue ${venue}: ${where}`;
