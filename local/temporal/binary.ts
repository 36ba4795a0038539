import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { waitForLock } from '#process/lock.ts';
import { buildBinary, downloadBinary } from './binary-install.ts';

/** The Temporal command line whose server the project is tested with. */
export const TEMPORAL_CLI_VERSION = '1.5.1';
/** Older servers lack what the workflows and the Web UI rely on (user metadata, update options). */
const OLDEST_SERVER = [1, 27] as const;

const INSTALL_LIMIT_MS = 20 * 60_000;
const run = promisify(execFile);

export type BinarySource = 'given' | 'path' | 'cache' | 'download' | 'go';

export interface TemporalBinary {
  readonly file: string;
  readonly source: BinarySource;
  /** Version of the server inside, e.g. `1.29.1`. */
  readonly serverVersion: string;
}

export interface BinaryOptions {
  /** A binary named by the user; nothing else is then tried. */
  readonly cliPath?: string | undefined;
  /** Where a downloaded or built binary is kept, outside the repository; see {@link userCacheDir}. */
  readonly cacheDir: string;
  /** The environment of the programs that are run here; `PATH` decides which `temporal` and `go` are found. */
  readonly env: NodeJS.ProcessEnv;
  /** Receives one line per step. */
  readonly log: (line: string) => void;
}

/** No Temporal server can be had; the message says what to install. */
export class TemporalUnavailableError extends Error {
  override readonly name = 'TemporalUnavailableError';
  readonly code = 'temporal_unavailable';
}

/** The per-user cache folder of this project by the XDG convention. */
export function userCacheDir(env: NodeJS.ProcessEnv, home: string): string {
  const base = env['XDG_CACHE_HOME'];
  return join(base === undefined || base === '' ? join(home, '.cache') : base, 'signalman');
}

/**
 * Finds a Temporal server, or gets one: the given path, `temporal` on the PATH, an earlier result in the cache, the
 * official download, a build of the pinned version with Go.
 *
 * @throws {TemporalUnavailableError} when every way fails.
 */
export async function findTemporalBinary(options: BinaryOptions): Promise<TemporalBinary> {
  if (options.cliPath !== undefined) return inspectGiven(options.cliPath, options.env);
  const cached = join(options.cacheDir, `temporal-${TEMPORAL_CLI_VERSION}`, 'temporal');
  const found =
    (await look('temporal', 'path', options)) ??
    (await look(cached, 'cache', options)) ??
    (await get(cached, options));
  if (found) return found;
  throw new TemporalUnavailableError(
    'no Temporal server: install the temporal command (https://docs.temporal.io/cli) or Go 1.24 or newer, ' +
      'name a temporal binary with TEMPORAL_CLI_PATH, or a running server with TEMPORAL_ADDRESS',
  );
}

async function inspectGiven(file: string, env: NodeJS.ProcessEnv): Promise<TemporalBinary> {
  const serverVersion = await serverVersionOf(file, env);
  if (serverVersion !== undefined) return { file, source: 'given', serverVersion };
  throw new TemporalUnavailableError(`${file} (TEMPORAL_CLI_PATH) is not a temporal command that runs here`);
}

async function look(
  file: string,
  source: BinarySource,
  { env, log }: BinaryOptions,
): Promise<TemporalBinary | undefined> {
  const serverVersion = await serverVersionOf(file, env);
  if (serverVersion === undefined) return undefined;
  if (isTooOld(serverVersion)) {
    log(
      `${file} brings Temporal server ${serverVersion}, which is too old (${OLDEST_SERVER.join('.')} is needed)`,
    );
    return undefined;
  }
  log(`Temporal server ${serverVersion} from ${file}`);
  return { file, source, serverVersion };
}

/** One process at a time downloads or builds; the others wait and use its result. */
async function get(cached: string, options: BinaryOptions): Promise<TemporalBinary | undefined> {
  const { env, log } = options;
  mkdirSync(dirname(cached), { recursive: true });
  const onWait = (pid: number): void =>
    log(`waiting for process ${pid}, which is getting the Temporal server`);
  const lock = await waitForLock(`${cached}.lock`, INSTALL_LIMIT_MS, onWait);
  try {
    const madeMeanwhile = await look(cached, 'cache', options);
    if (madeMeanwhile) return madeMeanwhile;
    if (await attempt(() => downloadBinary(cached, TEMPORAL_CLI_VERSION, log), 'the download', log)) {
      return await look(cached, 'download', options);
    }
    if (await attempt(() => buildBinary(cached, TEMPORAL_CLI_VERSION, env, log), 'the build with Go', log)) {
      return await look(cached, 'go', options);
    }
    return undefined;
  } finally {
    lock.release();
  }
}

async function attempt(
  step: () => Promise<void>,
  what: string,
  log: (line: string) => void,
): Promise<boolean> {
  try {
    await step();
    return true;
  } catch (error) {
    log(`${what} of the Temporal server failed: ${reasonOf(error)}`);
    return false;
  }
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.message === 'fetch failed' && error.cause instanceof Error
    ? error.cause.message
    : error.message;
}

/** Undefined when there is no such program or it is not Temporal's. */
async function serverVersionOf(file: string, env: NodeJS.ProcessEnv): Promise<string | undefined> {
  try {
    const { stdout } = await run(file, ['--version'], { env, timeout: 15_000 });
    return /Server (\d+\.\d+\.\d+)/.exec(stdout)?.[1];
  } catch {
    return undefined;
  }
}

function isTooOld(version: string): boolean {
  const [major = 0, minor = 0] = version.split('.').map(Number);
  return major < OLDEST_SERVER[0] || (major === OLDEST_SERVER[0] && minor < OLDEST_SERVER[1]);
}
