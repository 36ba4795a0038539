import { spawn, type ChildProcess } from 'node:child_process';
import { z } from 'zod';
import { withCompileCache } from './compile-cache.ts';
import { endOf, tailOf, withLogFile } from './log-file.ts';
import { keepFilesPrivate } from './private-files.ts';
import { identifyProcess, type ProcessIdentity } from './identity.ts';
import { exitOf, type ProcessExit } from './process-exit.ts';
import { ServiceStartError } from './service-process.ts';
import { stopProcess, TERMINATE, type StopStep } from './stop-process.ts';

export interface RoleOptions {
  /** For people and log lines: `worker`, `sandbox`, `api`. */
  readonly name: string;
  /** The TypeScript or JavaScript file to run with this very Node. */
  readonly script: string;
  readonly args?: readonly string[];
  /** The whole environment of the child. */
  readonly env: NodeJS.ProcessEnv;
  readonly logFile: string;
  readonly readyTimeoutMs?: number;
}

/** One of our own processes. */
export interface RoleProcess {
  readonly name: string;
  readonly identity: ProcessIdentity;
  /** What the child reported when it was ready, e.g. its URL. */
  readonly ready: Readonly<Record<string, unknown>>;
  /** Settles when the child ends, wanted or not. It is not started again. */
  readonly exited: Promise<ProcessExit>;
  stop(steps?: readonly StopStep[]): Promise<void>;
}

const readyReport = z.object({ ready: z.record(z.string(), z.unknown()) });
const READY_TIMEOUT_MS = 60_000;

/**
 * Starts a role and waits until it calls {@link reportReady}. The child ends by itself when this process dies,
 * however it dies: it watches the channel between the two.
 *
 * @throws {ServiceStartError} when it ends first or is not ready in time; its log's last lines are in the message.
 */
export async function spawnRole(options: RoleOptions): Promise<RoleProcess> {
  let logStart = 0;
  const child = withLogFile(options.logFile, (log) => {
    logStart = endOf(options.logFile);
    return spawn(process.execPath, [options.script, ...(options.args ?? [])], {
      // A session of its own: Ctrl-C reaches the supervisor only, which stops the roles in order.
      detached: true,
      env: withCompileCache(options.env),
      stdio: ['ignore', log, log, 'ipc'],
    });
  });
  const exited = exitOf(child);
  const logTail = (): string => tailOf(options.logFile, logStart);
  const ready = await firstOf(child, exited, { ...options, logTail });
  const identity = child.pid === undefined ? undefined : identifyProcess(child.pid);
  if (!identity) throw new ServiceStartError(`${options.name} ended at once`, logTail());
  return {
    name: options.name,
    identity,
    ready,
    exited,
    stop: async (steps = TERMINATE) => {
      await stopProcess(identity, steps);
      await exited;
    },
  };
}

/**
 * To be called by a role once it serves: passes `details` to the supervisor or, when the role was run by hand,
 * prints them as one line of JSON.
 */
export function reportReady(details: Readonly<Record<string, unknown>> = {}): void {
  if (!process.send) {
    console.log(JSON.stringify(details));
    return;
  }
  process.send({ ready: details });
}

/**
 * To be called first thing by a role: from here on its files are private and it does not outlive its supervisor. It is asked to close as by
 * SIGTERM and, when that takes longer than `graceMs`, ended at once.
 */
export function followSupervisor(graceMs = 5_000): void {
  keepFilesPrivate();
  // Lines that a full disk does not take are lost; the work goes on.
  for (const stream of [process.stdout, process.stderr]) stream.on('error', () => undefined);
  if (!process.send) return;
  process.once('disconnect', () => {
    setTimeout(() => process.exit(1), graceMs).unref();
    process.kill(process.pid, 'SIGTERM');
  });
  // The channel alone is no reason to stay alive.
  process.channel?.unref();
}

async function firstOf(
  child: ChildProcess,
  exited: Promise<ProcessExit>,
  { name, logTail, readyTimeoutMs = READY_TIMEOUT_MS }: RoleOptions & { logTail: () => string },
): Promise<Record<string, unknown>> {
  const { promise: timeUp, resolve } = Promise.withResolvers<'time is up'>();
  const timer = setTimeout(resolve, readyTimeoutMs, 'time is up');
  try {
    const first = await Promise.race([readyMessage(child), exited, timeUp]);
    if (typeof first === 'object' && 'ready' in first) return first.ready;
    child.kill('SIGKILL');
    const what =
      first === 'time is up' ? `was not ready after ${readyTimeoutMs / 1000} s` : 'ended while starting';
    throw new ServiceStartError(`${name} ${what}`, logTail());
  } finally {
    clearTimeout(timer);
  }
}

function readyMessage(child: ChildProcess): Promise<z.infer<typeof readyReport>> {
  return new Promise((resolve) => {
    child.on('message', (message) => {
      const { data } = readyReport.safeParse(message);
      if (data) resolve(data);
    });
  });
}
