import { setTimeout as delay } from 'node:timers/promises';
import type { ProcessIdentity } from './identity.ts';
import { tailOf } from './log-file.ts';
import { describeExit, type ProcessExit } from './process-exit.ts';
import type { Stoppable } from './stop-all.ts';
import type { StopStep } from './stop-process.ts';

/** A process that serves. */
export interface RunningProcess<Ready> {
  readonly identity: ProcessIdentity;
  /** What it said when it was ready, e.g. its URL. */
  readonly ready: Ready;
  /** Settles when it ends, wanted or not. */
  readonly exited: Promise<ProcessExit>;
  stop(steps?: readonly StopStep[]): Promise<void>;
}

export interface SuperviseOptions<Ready> {
  /** For people and log lines: `worker`, `postgres`. */
  readonly name: string;
  readonly logFile: string;
  /** Starts it; `before` is what its first start reported, null for the first. */
  readonly start: (before: Ready | null) => Promise<RunningProcess<Ready>>;
  /** Called before each start that follows a death. @throws when nothing may be started any more. */
  readonly mayStart: () => void;
  /** Whether the disk has room for it to run; without, a death does not count and a start waits. */
  readonly hasRoom: () => boolean;
  /** Receives one line when the process has ended by itself, and one when it serves again. */
  readonly log: (line: string) => void;
  /** It runs as another process now. */
  readonly onRestart: () => void;
}

/** A process that is started again whenever it ends unasked. */
export interface Supervised<Ready> extends Stoppable {
  readonly identity: ProcessIdentity;
  /** What the first start reported. */
  readonly ready: Ready;
  readonly logFile: string;
  /** When this process of it began to serve, in epoch milliseconds. */
  readonly since: number;
  readonly restarts: number;
  /** Rejects with {@link KeepsEndingError}, or what `mayStart` throws. */
  readonly failed: Promise<never>;
  stop(steps?: readonly StopStep[]): Promise<void>;
}

/** A process ended so often that starting it again does not help. */
export class KeepsEndingError extends Error {
  override readonly name = 'KeepsEndingError';
  readonly code = 'keeps_ending';
}

const MAX_DEATHS = 5;
const WITHIN_MS = 60_000;
/** After the first death at once, then longer each time. */
const BACK_OFF_MS = [0, 250, 1_000, 3_000] as const;
const LOOK_FOR_ROOM_MS = 1_000;

/**
 * Starts a process and keeps it running, until it has ended five times within a minute; on a full disk it waits for
 * room. What the process knows must be elsewhere: a start after a crash is a start like any other.
 *
 * @throws what the first start throws.
 */
export async function supervise<Ready>(options: SuperviseOptions<Ready>): Promise<Supervised<Ready>> {
  const { name, logFile, log, start } = options;
  let running = await start(null);
  const { ready } = running;
  const stopping = new AbortController();
  const pause = createPause(options, stopping.signal);
  let since = Date.now();
  let restarts = 0;
  const { promise: failed, reject: fail } = Promise.withResolvers<never>();
  failed.catch(() => undefined);

  async function keepRunning(): Promise<void> {
    for (;;) {
      const exit = await running.exited;
      if (stopping.signal.aborted) return;
      await startAgain(describeExit(exit));
    }
  }

  async function startAgain(what: string): Promise<void> {
    await pause(what);
    if (stopping.signal.aborted) return;
    const next = await start(ready).catch((error: unknown) => withoutName(firstLine(error), name));
    if (typeof next === 'string') return stopping.signal.aborted ? undefined : startAgain(next);
    running = next;
    since = Date.now();
    restarts += 1;
    if (stopping.signal.aborted) return next.stop();
    log(`runs again (pid ${next.identity.pid})`);
    options.onRestart();
  }

  const kept = keepRunning().catch(fail);
  return {
    name,
    ready,
    logFile,
    failed,
    get identity() {
      return running.identity;
    },
    get since() {
      return since;
    },
    get restarts() {
      return restarts;
    },
    async stop(steps) {
      stopping.abort();
      await running.stop(steps);
      await kept;
    },
  };
}

type PauseOptions = Pick<SuperviseOptions<unknown>, 'name' | 'logFile' | 'log' | 'mayStart' | 'hasRoom'>;

/**
 * Returns a function that waits before the next start, which is told why there is to be one. It throws
 * {@link KeepsEndingError} when there is to be none.
 */
function createPause({ name, logFile, log, mayStart, hasRoom }: PauseOptions, signal: AbortSignal) {
  const deaths: number[] = [];
  const sleep = (ms: number): Promise<void> => delay(ms, undefined, { signal }).catch(() => undefined);

  async function waitForRoom(what: string): Promise<void> {
    log(`${what}; the disk is full, it is started again once there is room`);
    while (!signal.aborted && !hasRoom()) {
      mayStart();
      // oxlint-disable-next-line no-await-in-loop -- until somebody makes room
      await sleep(LOOK_FOR_ROOM_MS);
    }
  }

  return async (what: string): Promise<void> => {
    mayStart();
    if (!hasRoom()) return waitForRoom(what);
    const now = performance.now();
    deaths.push(now);
    while ((deaths[0] ?? now) < now - WITHIN_MS) deaths.shift();
    if (deaths.length === MAX_DEATHS) throw keepsEnding(name, what, logFile);
    log(`${what}; starting it again`);
    await sleep(BACK_OFF_MS[deaths.length - 1] ?? 0);
    if (!signal.aborted) mayStart();
  };
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';

/** What is said of a process by its name is told behind that name. */
function withoutName(line: string, name: string): string {
  const told = line.replace(/; the end of its log:$/, '');
  return told.toLowerCase().startsWith(`${name} `) ? told.slice(name.length + 1) : told;
}

const keepsEnding = (name: string, what: string, logFile: string): KeepsEndingError =>
  new KeepsEndingError(
    `${name} ${what}, ${MAX_DEATHS} times within a minute; the end of ${logFile}:\n${tailOf(logFile)}`,
  );
