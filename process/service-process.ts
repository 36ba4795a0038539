import { spawn, type ChildProcess } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { dismissGuard, guarded } from './guard.ts';
import { endOf, tailOf, withLogFile } from './log-file.ts';
import { withPrivateFiles } from './private-files.ts';
import { identifyProcess, type ProcessIdentity } from './identity.ts';
import { exitOf, type ProcessExit } from './process-exit.ts';
import type { StopStep } from './stop-process.ts';

export interface ServiceCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly logFile: string;
  readonly env?: NodeJS.ProcessEnv;
  readonly uid?: number;
  readonly gid?: number;
  /** How it is ended when this process ends first, however that ends; left out, it goes on running. */
  readonly whenOwnerEnds?: readonly StopStep[];
}

/** A server that we started; see {@link stopProcess} for its end. */
export interface ServiceProcess {
  readonly identity: ProcessIdentity;
  readonly exited: Promise<ProcessExit>;
  hasExited(): boolean;
  /** The last lines it has logged. */
  logTail(): string;
}

/** The server ended, or gave no sign of life, before it was ready. */
export class ServiceStartError extends Error {
  override readonly name = 'ServiceStartError';
  readonly code = 'service_start_failed';
  readonly log: string;

  constructor(message: string, log: string) {
    super(log === '' ? message : `${message}; the end of its log:\n${log}`);
    this.log = log;
  }
}

/**
 * Starts a server in a session of its own, so that Ctrl-C in the terminal reaches only us and the servers are
 * stopped in our order. Output goes to the log file.
 */
export async function startService(command: ServiceCommand): Promise<ServiceProcess> {
  const { file, args } = command.whenOwnerEnds ? guarded(command, command.whenOwnerEnds) : command;
  let logStart = 0;
  const child = withLogFile(command.logFile, (log) => {
    logStart = endOf(command.logFile);
    return withPrivateFiles(() =>
      spawn(file, args, {
        detached: true,
        stdio: ['ignore', log, log, command.whenOwnerEnds ? 'pipe' : 'ignore'],
        ...(command.env && { env: command.env }),
        ...(command.uid !== undefined && { uid: command.uid }),
        ...(command.gid !== undefined && { gid: command.gid }),
      }),
    );
  });
  let ended = false;
  const exited = exitOf(child);
  void exited.finally(() => {
    ended = true;
    dismissGuard(child);
  });
  const identity = await identityOf(child, command);
  const logTail = (): string => tailOf(command.logFile, logStart);
  return { identity, exited, hasExited: () => ended, logTail };
}

export interface ReadinessLimits {
  readonly name: string;
  readonly timeoutMs: number;
  readonly pollMs: number;
}

/**
 * Probes until the first success.
 *
 * @throws {ServiceStartError} when the process ends first or the time is up; it carries the probe's last error.
 */
export async function whenReady<T>(
  service: ServiceProcess,
  limits: ReadinessLimits,
  probe: () => Promise<T>,
): Promise<T> {
  const deadline = performance.now() + limits.timeoutMs;
  for (;;) {
    try {
      return await probe();
    } catch (error) {
      if (service.hasExited()) {
        throw new ServiceStartError(`${limits.name} ended while starting`, service.logTail());
      }
      if (performance.now() >= deadline) {
        const why = error instanceof Error ? error.message : String(error);
        const message = `${limits.name} was not ready after ${limits.timeoutMs / 1000} s (${why})`;
        throw new ServiceStartError(message, service.logTail());
      }
    }
    await Promise.race([service.exited, delay(limits.pollMs)]);
  }
}

async function identityOf(child: ChildProcess, command: ServiceCommand): Promise<ProcessIdentity> {
  await new Promise<void>((resolve, reject) => {
    child.once('spawn', resolve);
    child.once('error', (error) =>
      reject(new ServiceStartError(`cannot run ${command.file}: ${error.message}`, '')),
    );
  });
  const identity = child.pid === undefined ? undefined : identifyProcess(child.pid);
  if (!identity) throw new ServiceStartError(`${command.file} ended at once`, tailOf(command.logFile));
  return identity;
}
