import { join } from 'node:path';
import type { Environment } from '#config/env.ts';
import { sourceKeyFrom, splitKeys } from '#config/key-lists.ts';
import { listOlder, readMasterKeys, type KeptKey } from '#config/master-key-files.ts';
import { ensureMasterKey } from '#config/secret-files.ts';
import { ostiumEnvironment } from './ostium.ts';
import { ensurePayloadKey } from './payload-key.ts';
import type { OstiumSandboxAddresses } from './roles/ostium-sandbox-ready.ts';
import type { ProvidedDatabase, ProvidedTemporal } from './services.ts';
import type { StateDir } from './state-dir.ts';

/** Where the parts of a system are. */
export interface Addresses {
  database: ProvidedDatabase;
  temporal: ProvidedTemporal;
  /** Hyperliquid's sandbox; null where none was started. */
  sandboxUrl: string | null;
  ostium: OstiumSandboxAddresses | null;
  /** The stand-in for a language model; null where none was started. */
  modelUrl: string | null;
}

/** A sandbox of our own sets no limit, and a show of many trades in a minute is no load to spread. */
const OWN_SANDBOX_WEIGHT_PER_MINUTE = 60_000;

export interface RunEnvironmentOptions {
  env: NodeJS.ProcessEnv;
  given: Environment;
  state: StateDir;
  /** Folders whose files sources may read, beside those that are given or usual. */
  sourceFolders: readonly string[];
}

/** The environment of the API and the workers of a run. A master key is made where none is given or kept. */
export function runEnvironment(
  { env, given, state, sourceFolders }: RunEnvironmentOptions,
  { database, temporal, sandboxUrl, ostium, modelUrl }: Addresses,
): NodeJS.ProcessEnv {
  const masterKeys = masterKeysFor(given, state.root);
  const folders = [...(given.SIGNALMAN_FILE_SOURCES ?? [join(state.root, 'sources')]), ...sourceFolders];
  return {
    ...env,
    DATABASE_URL: database.url,
    TEMPORAL_ADDRESS: temporal.address,
    TEMPORAL_NAMESPACE: temporal.namespace,
    ...(sandboxUrl !== null && sandboxEnvironment(given, sandboxUrl)),
    ...(ostium && ostiumEnvironment(ostium)),
    ...(modelUrl !== null && standInEnvironment(given, modelUrl)),
    SIGNALMAN_STATE_DIR: state.root,
    SIGNALMAN_FILE_SOURCES: folders.join(','),
    SIGNALMAN_MASTER_KEY: masterKeys.current.key,
    SIGNALMAN_MASTER_KEY_ID: masterKeys.current.id,
    ...(masterKeys.older.length > 0 && { SIGNALMAN_OLD_MASTER_KEYS: listOlder(masterKeys.older) }),
    SIGNALMAN_SOURCE_KEY:
      given.SIGNALMAN_SOURCE_KEY ??
      [masterKeys.current, ...masterKeys.older].map(({ key }) => sourceKeyFrom(key)).join(','),
    SIGNALMAN_PAYLOAD_KEY:
      given.SIGNALMAN_PAYLOAD_KEY ?? ensurePayloadKey(state.root, masterKeys.current.key),
  };
}

/** Returns the master keys that the environment gives, else those of the state folder, where one is made. */
export function masterKeysFor(given: Environment, stateDir: string): { current: KeptKey; older: KeptKey[] } {
  const { SIGNALMAN_MASTER_KEY: key, SIGNALMAN_MASTER_KEY_ID: id } = given;
  const givenOlder = splitKeys(given.SIGNALMAN_OLD_MASTER_KEYS ?? '');
  if (key !== undefined) return { current: { id, key }, older: givenOlder };
  ensureMasterKey(stateDir);
  const { current, older } = readMasterKeys(stateDir, id);
  if (current === null) throw new Error('the master key was removed');
  return { current, older: [...older, ...givenOlder] };
}

const sandboxEnvironment = (given: Environment, url: string): NodeJS.ProcessEnv => ({
  HYPERLIQUID_URL: url,
  HYPERLIQUID_NETWORK: 'testnet',
  HYPERLIQUID_WEIGHT_PER_MINUTE: String(given.HYPERLIQUID_WEIGHT_PER_MINUTE ?? OWN_SANDBOX_WEIGHT_PER_MINUTE),
});

const standInEnvironment = (given: Environment, url: string): NodeJS.ProcessEnv => ({
  OPENAI_BASE_URL: url,
  OPENAI_MODEL: given.OPENAI_MODEL ?? 'stand-in',
  OPENAI_PRICES: '0,0',
});
