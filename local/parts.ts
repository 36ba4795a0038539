import { isDiskFull } from '#process/disk-room.ts';
import { supervise, type RunningProcess, type Supervised } from '#process/supervise.ts';
import { spawnRole, type RoleOptions, type RoleProcess } from '#process/role.ts';
import type { StopStep } from '#process/stop-process.ts';
import type { PartRecord, StateDir } from './state-dir.ts';

/** A part to be started and kept running. */
export interface Part<Ready> {
  readonly name: string;
  /** A server of others is ended by its own rules, a role as ours are. */
  readonly kind: 'service' | 'role';
  readonly logFile: string;
  /** Starts it; `before` is what its first start reported, null for the first. */
  readonly start: (before: Ready | null) => Promise<RunningProcess<Ready>>;
}

export type RoleReady = RoleProcess['ready'];

/** All processes that a system consists of. */
export interface Parts {
  /** Starts a part and keeps it running. @throws what its first start throws. */
  start<Ready>(part: Part<Ready>): Promise<Supervised<Ready>>;
  /** As `start`, for one of our own programs, which is run with what `how` returns. */
  startRole(
    name: string,
    script: string,
    how: (before: RoleReady | null) => Pick<RoleOptions, 'args' | 'env'>,
  ): Promise<Supervised<RoleReady>>;
  records(kind: Part<unknown>['kind']): Record<string, PartRecord>;
  logFiles(): string[];
  /** Rejects when one of them cannot be kept running. */
  readonly failed: Promise<never>;
  restarts(): number;
  kill(): Promise<void>;
}

export interface PartsOptions {
  readonly state: StateDir;
  readonly log: (part: string, line: string) => void;
  /** A part is started for the first time. */
  readonly onStart: (part: string) => void;
  /** A part serves for the first time. */
  readonly onServe: (part: string, record: PartRecord) => void;
  /** A part runs as another process now. */
  readonly onRestart: () => void;
}

const KILL: readonly StopStep[] = [{ signal: 'SIGKILL', waitMs: 5_000 }];

export function createParts({ state, log, onStart, onServe, onRestart }: PartsOptions): Parts {
  const parts = new Map<string, { kind: Part<unknown>['kind']; process: Supervised<unknown> }>();
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => undefined);

  async function start<Ready>({ kind, ...part }: Part<Ready>): Promise<Supervised<Ready>> {
    onStart(part.name);
    const process = await supervise<Ready>({
      ...part,
      mayStart: () => state.assertHeld(),
      hasRoom: () => !isDiskFull(state.root),
      log: (line) => log(part.name, line),
      onRestart,
    });
    log(part.name, `runs (pid ${process.identity.pid})`);
    process.failed.catch(reject);
    parts.set(part.name, { kind, process });
    onServe(part.name, recordOf(process));
    return process;
  }

  return {
    failed,
    start,
    startRole(name, script, how) {
      const logFile = state.logFile(name);
      const startOnce = (before: RoleReady | null): Promise<RoleProcess> =>
        spawnRole({ name, script, logFile, ...how(before) });
      return start({ name, kind: 'role', logFile, start: startOnce });
    },
    records: (wanted) =>
      Object.fromEntries(
        [...parts].flatMap(([name, { kind, process }]) =>
          kind === wanted ? [[name, recordOf(process)]] : [],
        ),
      ),
    logFiles: () => [...parts.values()].map(({ process }) => process.logFile),
    restarts: () => [...parts.values()].reduce((total, { process }) => total + process.restarts, 0),
    async kill() {
      await Promise.allSettled([...parts.values()].map(({ process }) => process.stop(KILL)));
    },
  };
}

const recordOf = ({ identity, since, restarts, logFile }: Supervised<unknown>): PartRecord => ({
  ...identity,
  since,
  restarts,
  logFile,
});
