import type { ProcessIdentity } from './identity.ts';
import { spawnRole, type RoleExit, type RoleOptions, type RoleProcess } from './role.ts';
import type { Stoppable } from './stop-all.ts';
import type { StopStep } from './stop-process.ts';

/** What a role is run with. */
export type RoleStart = Pick<RoleOptions, 'args' | 'env'>;

export interface SupervisedRoleOptions extends Omit<RoleOptions, keyof RoleStart> {
  /** How to start it; `before` is what its first start reported, null for the first. */
  how: (before: RoleProcess['ready'] | null) => RoleStart;
  /** Receives one line when the role has ended by itself, and one when it serves again. */
  log: (line: string) => void;
  /** The role runs as another process now. */
  onRestart: () => void;
}

/** One of our own processes, started again whenever it ends unasked. */
export interface SupervisedRole extends Stoppable {
  readonly identity: ProcessIdentity;
  /** What the first start reported. */
  readonly ready: RoleProcess['ready'];
  readonly restarts: number;
  /** Rejects when the role cannot be kept running. */
  readonly failed: Promise<never>;
  stop(steps?: readonly StopStep[]): Promise<void>;
}

/** A role that dies more often than this does not get better by starting it again. */
const MAX_RESTARTS = 10;

/**
 * Starts a role and keeps it running. What it knows must be elsewhere: a start after a crash is a start like any other.
 *
 * @throws {ServiceStartError} when the first start fails.
 */
export async function superviseRole(options: SupervisedRoleOptions): Promise<SupervisedRole> {
  const start = (before: RoleProcess['ready'] | null): Promise<RoleProcess> =>
    spawnRole({ ...options, ...options.how(before) });
  let role = await start(null);
  const { ready } = role;
  let restarts = 0;
  let stopping = false;
  const { promise: failed, reject: fail } = Promise.withResolvers<never>();
  failed.catch(() => undefined);

  async function keepRunning(): Promise<void> {
    for (;;) {
      const exit = await role.exited;
      if (stopping) return;
      await startAgain(howItEnded(exit));
    }
  }

  async function startAgain(what: string): Promise<void> {
    if (restarts === MAX_RESTARTS) throw new Error(`${options.name} ${what} again and again`);
    restarts += 1;
    options.log(`${what}; starting it again`);
    const next = await start(ready).catch((error: unknown) => String(error));
    if (typeof next === 'string') return stopping ? undefined : startAgain(next);
    role = next;
    if (stopping) return next.stop();
    options.onRestart();
    options.log(`runs again (pid ${next.identity.pid})`);
  }
  const kept = keepRunning().catch(fail);

  return {
    name: options.name,
    ready,
    failed,
    get identity() {
      return role.identity;
    },
    get restarts() {
      return restarts;
    },
    async stop(steps) {
      stopping = true;
      await role.stop(steps);
      await kept;
    },
  };
}

const howItEnded = ({ code, signal }: RoleExit): string =>
  signal === null ? `ended with status ${code}` : `was ended by ${signal}`;
