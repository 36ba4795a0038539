import { join } from 'node:path';
import { z } from 'zod';
import type { SealingKey } from '#process/sealed-text.ts';
import { MASTER_KEY_FORM, type MasterKey } from '#venues/keys/sealed-key.ts';
import { classifierVariables, missingModel, readClassifier, type ClassifierConfig } from './classifier.ts';
import {
  findNetworkProblem,
  hyperliquidVariables,
  readHyperliquid,
  type HyperliquidConfig,
} from './hyperliquid.ts';
import { lunarCrushVariables, readLunarCrush, type LunarCrushConfig } from './lunarcrush.ts';
import { ostiumVariables, readOstium, type OstiumConfig } from './ostium.ts';
import { readSignIn, signInVariables, type SignInConfig } from './sign-in.ts';
import { findBotProblem, notifierVariables, readNotifiers, type NotifiersConfig } from './notifiers.ts';
import { readTelegram, telegramVariables, type TelegramConfig } from './telegram.ts';
import { readX, xVariables, type XConfig } from './x.ts';
import { type ConfigProblem, ConfigError } from './config-error.ts';
import { readSecretVariables, SECRET_VARIABLES } from './secret-variables.ts';
import { masterKeysOf, splitKeys, splitSourceKeys, parseSourceKey, isMasterKey } from './key-lists.ts';

/** Settings of the workers and the API: the environment, read once, as plain values. */
export interface Config {
  databaseUrl: string;
  temporal: {
    address: string;
    namespace: string;
    apiKey?: string;
    tls: boolean;
    /** Seal and open what the Temporal server stores; none: it is stored as it is. */
    payloadKeys: readonly SealingKey[];
  };
  /** Left out: Hyperliquid is not traded. */
  hyperliquid?: HyperliquidConfig;
  /** Left out: Ostium is not traded. */
  ostium?: OstiumConfig;
  /** Folder of local state, as given (relative to the working directory). */
  stateDir: string;
  sources: SourcesConfig;
  notifiers: NotifiersConfig;
  /** The first one seals the secrets of sources and the addresses of channels, every one opens them; none opens a trading key. */
  sourceKeys: readonly SealingKey[];
  api: { host: string; port: number; url: string; key?: string };
  signIn: SignInConfig;
  classifier: ClassifierConfig;
  /** Left out: market scores have no social part. */
  lunarCrush?: LunarCrushConfig;
  logLevel: LogLevel;
}

/** Settings of the sources of messages. */
export interface SourcesConfig {
  /** Folders whose files sources may read; a relative name is resolved in the first. */
  fileSourceFolders: readonly string[];
  x: XConfig;
  telegram: TelegramConfig;
  /** True where feeds may also come from private networks and from any port. */
  privateFeeds: boolean;
}

/** Settings of a process that seals or opens trading keys. */
export interface SigningConfig extends Config {
  /** The key that seals comes first, older ones that still open follow. */
  masterKeys: readonly [MasterKey, ...MasterKey[]];
}

/** Variables that open trading keys: only {@link loadSigningConfig} reads them. */
const MASTER_KEY_VARIABLES = [
  'SIGNALMAN_MASTER_KEY',
  'SIGNALMAN_MASTER_KEY_FILE',
  'SIGNALMAN_OLD_MASTER_KEYS',
  'SIGNALMAN_OLD_MASTER_KEYS_FILE',
] as const;

export const LOG_LEVELS = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

export const DEFAULT_STATE_DIR = '.signalman';
export const DEFAULT_NAMESPACE = 'default';
export const DEFAULT_API_HOST = '127.0.0.1';
export const DEFAULT_API_PORT = 7070;

/**
 * Reads the environment of a process that signs nothing, as if it held no master key. Throws {@link ConfigError}
 * naming every bad variable at once.
 */
export function loadConfig(env: NodeJS.ProcessEnv): Config {
  const given = { ...env };
  forgetMasterKeys(given);
  return toConfig(readRequired(given, REQUIRED));
}

/** Reads the environment of a process that seals or opens trading keys. Throws as {@link loadConfig} does. */
export function loadSigningConfig(env: NodeJS.ProcessEnv): SigningConfig {
  const read = readRequired(env, { ...REQUIRED, SIGNALMAN_MASTER_KEY: `give ${MASTER_KEY_FORM}` });
  return { ...toConfig(read), masterKeys: masterKeysOf(read, required(read.SIGNALMAN_MASTER_KEY)) };
}

/** Removes the master keys from an environment, so that nothing that runs in the process later finds them there. */
export function forgetMasterKeys(env: NodeJS.ProcessEnv): void {
  for (const variable of MASTER_KEY_VARIABLES) delete env[variable];
}

function readRequired(env: NodeJS.ProcessEnv, hints: Readonly<Record<string, string>>): Environment {
  const given = givenIn(env);
  const missing = Object.entries(hints)
    .filter(([variable]) => given[variable] === undefined)
    .map(([variable, hint]) => ({ variable, problem: `is not set; ${hint}` }));
  const result = environment.safeParse(given);
  if (!result.success || missing.length > 0) throw new ConfigError([...missing, ...problemsOf(result)]);
  return result.data;
}

/** Returns the variables of ours that are set and may be shown to anybody: no secrets, and no addresses that may hold one. */
export const publicSettings = (env: NodeJS.ProcessEnv): Record<string, string> =>
  Object.fromEntries(
    VARIABLES.filter(
      (name) => !SECRET_VARIABLES.some((secret) => secret === name) && !/_URLS?$/.test(name),
    ).flatMap((name) => (env[name] === undefined ? [] : [[name, env[name]]])),
  );

/** Variables that a command may read, under their own names. None is required. */
export type Environment = z.output<typeof environment>;

/** Reads the environment of a command. Throws {@link ConfigError} for variables that are set but unusable. */
export function readEnvironment(env: NodeJS.ProcessEnv): Environment {
  const result = environment.safeParse(givenIn(env));
  if (!result.success) throw new ConfigError(problemsOf(result));
  return result.data;
}

const REQUIRED = {
  DATABASE_URL: 'give a URL such as postgresql://user:password@127.0.0.1:5432/signalman',
  TEMPORAL_ADDRESS: 'give host:port of a Temporal server, such as 127.0.0.1:7233',
} as const;

const url = (scheme: RegExp, example: string) =>
  z.string().refine((text) => scheme.test(text) && URL.canParse(text), `is not a URL such as ${example}`);

const port = z
  .string()
  .regex(/^\d{1,5}$/, 'is not a port number')
  .transform(Number)
  .refine((number) => number <= 65_535, 'is not a port number');

const variables = z.object({
  DATABASE_URL: url(/^postgres(ql)?:/, 'postgresql://user:password@127.0.0.1:5432/signalman').optional(),
  TEMPORAL_ADDRESS: z
    .string()
    .regex(/^([^\s/:]+|\[[0-9a-f:]+\]):\d{1,5}$/i, 'is not host:port, such as 127.0.0.1:7233')
    .optional(),
  TEMPORAL_NAMESPACE: z.string().optional(),
  TEMPORAL_API_KEY: z.string().optional(),
  TEMPORAL_TLS: z
    .enum(['true', 'false'], 'is neither true nor false')
    .transform((text) => text === 'true')
    .optional(),
  HYPERLIQUID_URL: url(/^https?:/, 'https://api.hyperliquid-testnet.xyz').optional(),
  ...hyperliquidVariables,
  ...ostiumVariables,
  ...lunarCrushVariables,
  ...xVariables,
  ...telegramVariables,
  ...notifierVariables,
  SIGNALMAN_STATE_DIR: z.string().default(DEFAULT_STATE_DIR),
  SIGNALMAN_FILE_SOURCES: z
    .string()
    .transform((text) => text.split(',').map((folder) => folder.trim()))
    .refine((folders) => folders.every((folder) => folder !== ''), 'is not a list of folders by commas')
    .optional(),
  SIGNALMAN_PRIVATE_FEEDS: z
    .enum(['true', 'false'], 'is neither true nor false')
    .transform((text) => text === 'true')
    .optional(),
  SIGNALMAN_MASTER_KEY: z.string().refine(isMasterKey, `is not ${MASTER_KEY_FORM}`).optional(),
  SIGNALMAN_MASTER_KEY_ID: z
    .string()
    .regex(/^[\w-]{1,40}$/, 'is not a short name of letters, digits, - and _')
    .default('main'),
  SIGNALMAN_OLD_MASTER_KEYS: z
    .string()
    .refine(
      (text) => splitKeys(text).every(({ id, key }) => id !== '' && isMasterKey(key)),
      `is not a list of id:key separated by commas, each key ${MASTER_KEY_FORM}`,
    )
    .optional(),
  SIGNALMAN_SOURCE_KEY: z
    .string()
    .refine(
      (text) => splitSourceKeys(text).every(isMasterKey),
      `is not a key, or a list of keys by commas, each ${MASTER_KEY_FORM}`,
    )
    .optional(),
  SIGNALMAN_PAYLOAD_KEY: z
    .string()
    .refine(
      (text) => splitSourceKeys(text).every(isMasterKey),
      `is not a key, or a list of keys by commas, each ${MASTER_KEY_FORM}`,
    )
    .optional(),
  SIGNALMAN_API_HOST: z.string().optional(),
  SIGNALMAN_API_PORT: port.optional(),
  SIGNALMAN_URL: url(/^https?:/, `http://127.0.0.1:${DEFAULT_API_PORT}`).optional(),
  SIGNALMAN_API_URL: url(/^https?:/, `http://127.0.0.1:${DEFAULT_API_PORT}`).optional(),
  SIGNALMAN_API_KEY: z
    .string()
    .regex(/^[\w-]{20,200}$/, 'is not 20 to 200 letters, digits, - and _')
    .optional(),
  ...signInVariables,
  ...classifierVariables,
  LOG_LEVEL: z.enum(LOG_LEVELS, `is none of ${LOG_LEVELS.join(', ')}`).default('info'),
});

/** The names of all variables. */
export const VARIABLES: readonly string[] = Object.keys(variables.shape);

const environment = variables.superRefine((read, context) => {
  const problem = read.HYPERLIQUID_URL === undefined ? null : findNetworkProblem(read.HYPERLIQUID_URL, read);
  if (problem !== null) context.addIssue({ code: 'custom', path: ['HYPERLIQUID_NETWORK'], message: problem });
  const bots = findBotProblem(read);
  if (bots !== null) context.addIssue({ code: 'custom', path: ['TELEGRAM_NOTIFY_BOT_TOKEN'], message: bots });
});

function toConfig(read: Environment): Config {
  const host = read.SIGNALMAN_API_HOST ?? DEFAULT_API_HOST;
  const apiPort = read.SIGNALMAN_API_PORT ?? DEFAULT_API_PORT;
  return {
    databaseUrl: required(read.DATABASE_URL),
    temporal: {
      address: required(read.TEMPORAL_ADDRESS),
      namespace: read.TEMPORAL_NAMESPACE ?? DEFAULT_NAMESPACE,
      ...temporalAccessOf(read),
    },
    ...(read.HYPERLIQUID_URL !== undefined && { hyperliquid: readHyperliquid(read.HYPERLIQUID_URL, read) }),
    ...readOstium(read),
    ...readLunarCrush(read),
    stateDir: read.SIGNALMAN_STATE_DIR,
    sources: {
      fileSourceFolders: read.SIGNALMAN_FILE_SOURCES ?? [join(read.SIGNALMAN_STATE_DIR, 'sources')],
      x: readX(read),
      telegram: readTelegram(read),
      privateFeeds: read.SIGNALMAN_PRIVATE_FEEDS ?? false,
    },
    notifiers: readNotifiers(read),
    sourceKeys: splitSourceKeys(read.SIGNALMAN_SOURCE_KEY ?? '').map(parseSourceKey),
    api: {
      host,
      port: apiPort,
      url: read.SIGNALMAN_API_URL ?? `http://${host}:${apiPort}`,
      ...(read.SIGNALMAN_API_KEY !== undefined && { key: read.SIGNALMAN_API_KEY }),
    },
    signIn: readSignIn(read),
    classifier: usableClassifier(read),
    logLevel: read.LOG_LEVEL,
  };
}

/** Returns how to speak to a Temporal server, and the keys of what it stores. An API key does not travel in the clear. */
export function temporalAccessOf({
  TEMPORAL_API_KEY: apiKey,
  TEMPORAL_TLS: tls,
  ...keys
}: Pick<Environment, 'TEMPORAL_API_KEY' | 'TEMPORAL_TLS' | 'SIGNALMAN_PAYLOAD_KEY'>): Omit<
  Config['temporal'],
  'address' | 'namespace'
> {
  return {
    tls: tls ?? apiKey !== undefined,
    ...(apiKey !== undefined && { apiKey }),
    payloadKeys: payloadKeysOf(keys),
  };
}

/** Returns the keys of what the Temporal server stores, the one that seals first. */
export const payloadKeysOf = ({
  SIGNALMAN_PAYLOAD_KEY = '',
}: {
  SIGNALMAN_PAYLOAD_KEY?: string | undefined;
}): readonly SealingKey[] => splitSourceKeys(SIGNALMAN_PAYLOAD_KEY).map(parseSourceKey);

/** Throws {@link ConfigError} where a model is to be asked and none is configured. */
function usableClassifier(read: Environment): ClassifierConfig {
  const classifier = readClassifier(read);
  const problem = missingModel(classifier);
  if (problem !== null) throw new ConfigError([{ variable: 'CLASSIFIER', problem }]);
  return classifier;
}

/** The caller has checked {@link REQUIRED}. */
function required(value: string | undefined): string {
  if (value === undefined) throw new TypeError('a required variable was not checked');
  return value;
}

/** A variable set to nothing (`KEY=` in an env file) says as little as one that is not set. */
const withoutBlanks = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value.trim() !== ''));

const givenIn = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => readSecretVariables(withoutBlanks(env));

const problemsOf = (result: z.ZodSafeParseResult<unknown>): ConfigProblem[] =>
  (result.error?.issues ?? []).map(({ path, message }) => ({
    variable: path.map(String).join('.'),
    problem: message,
  }));
