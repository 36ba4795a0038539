import { DEFAULT_API_PORT, readEnvironment, type Environment } from '#config/env.ts';
import { credentialsFile, readCredentials, type Credentials } from './credentials.ts';
import { apiKeyFile, readSecretFile } from '#config/secret-files.ts';
import { readStateDir, type RunRecord, type StartRecord } from '#local/state-dir.ts';

/** A setting, and where it was found. */
export interface Found<Value> {
  value: Value;
  from: string;
}

/** The system that a command talks to, as far as the environment and the state folder tell. */
export interface LocalSystem {
  environment: Environment;
  stateDir: string;
  /** The run that is going on in the state folder, if any. */
  run: RunRecord | undefined;
  /** The start that is going on, if any. */
  start: StartRecord | undefined;
  apiUrl: Found<string>;
  apiKey: Found<string> | null;
}

/** Finds the running system: the environment first, then what the running processes wrote down, then defaults. */
export function findSystem(env: NodeJS.ProcessEnv): LocalSystem {
  const environment = readEnvironment(env);
  const stateDir = environment.SIGNALMAN_STATE_DIR;
  const state = readStateDir(stateDir);
  const run = state.currentRun();
  const start = state.currentStart();
  const login = readCredentials(env);
  const local = { apiUrl: findUrl(environment, run), apiKey: findKey(environment) };
  return { environment, stateDir, run, start, ...withLogin(local, login, credentialsFile(env)) };
}

/**
 * Fills in what `signalman login` has kept where neither the environment nor a run that goes on here says otherwise. The
 * kept key goes to the address that it was kept for, and to no other.
 */
function withLogin(
  { apiUrl, apiKey }: Pick<LocalSystem, 'apiUrl' | 'apiKey'>,
  login: Credentials | null,
  from: string,
): Pick<LocalSystem, 'apiUrl' | 'apiKey'> {
  if (login === null) return { apiUrl, apiKey };
  const isOther = apiUrl.from !== 'default' && apiUrl.value !== login.url;
  if (isOther) return { apiUrl, apiKey };
  const url = apiUrl.from === 'default' ? { value: login.url, from } : apiUrl;
  const isGiven = apiKey?.from === 'SIGNALMAN_API_KEY';
  return { apiUrl: url, apiKey: isGiven ? apiKey : { value: login.key, from } };
}

function findUrl(environment: Environment, run: RunRecord | undefined): Found<string> {
  const { SIGNALMAN_API_HOST: host, SIGNALMAN_API_PORT: port } = environment;
  if (environment.SIGNALMAN_URL !== undefined)
    return { value: environment.SIGNALMAN_URL, from: 'SIGNALMAN_URL' };
  if (environment.SIGNALMAN_API_URL !== undefined)
    return { value: environment.SIGNALMAN_API_URL, from: 'SIGNALMAN_API_URL' };
  if (port !== undefined)
    return { value: `http://${host ?? '127.0.0.1'}:${port}`, from: 'SIGNALMAN_API_PORT' };
  if (run?.apiUrl !== undefined)
    return { value: run.apiUrl, from: `${environment.SIGNALMAN_STATE_DIR}/run.json` };
  return { value: `http://${host ?? '127.0.0.1'}:${DEFAULT_API_PORT}`, from: 'default' };
}

function findKey(environment: Environment): Found<string> | null {
  const { SIGNALMAN_API_KEY: key, SIGNALMAN_STATE_DIR: stateDir } = environment;
  if (key !== undefined) return { value: key, from: 'SIGNALMAN_API_KEY' };
  const path = apiKeyFile(stateDir);
  const kept = readSecretFile(path);
  return kept === null ? null : { value: kept, from: path };
}
