import type { ProcessIdentity } from '#process/identity.ts';
import type { StateDir } from './state-dir.ts';
import type { StopStep } from '#process/stop-process.ts';
import { superviseRole, type RoleStart, type SupervisedRole } from '#process/supervised-role.ts';

/** All processes of our own. */
export interface RoleSet {
  /** Starts a role and keeps it running. @throws {ServiceStartError} when its first start fails. */
  start(
    name: string,
    script: string,
    how: (before: SupervisedRole['ready'] | null) => RoleStart,
  ): Promise<SupervisedRole>;
  identities(): Record<string, ProcessIdentity>;
  /** Rejects when one of them cannot be kept running. */
  readonly failed: Promise<never>;
  restarts(): number;
  kill(): Promise<void>;
}

export interface RoleSetOptions {
  state: StateDir;
  log: (part: string, line: string) => void;
  /** A role runs as another process now. */
  onRestart: () => void;
}

const KILL: readonly StopStep[] = [{ signal: 'SIGKILL', waitMs: 5_000 }];

export function createRoleSet({ state, log, onRestart }: RoleSetOptions): RoleSet {
  const roles = new Map<string, SupervisedRole>();
  const { promise: failed, reject } = Promise.withResolvers<never>();
  failed.catch(() => undefined);
  return {
    failed,
    async start(name, script, how) {
      const role = await superviseRole({
        name,
        script,
        how,
        logFile: state.logFile(name),
        log: (line) => log(name, line),
        onRestart,
      });
      log(name, `runs (pid ${role.identity.pid})`);
      role.failed.catch(reject);
      roles.set(name, role);
      return role;
    },
    identities: () => Object.fromEntries([...roles].map(([name, { identity }]) => [name, identity])),
    restarts: () => [...roles.values()].reduce((total, role) => total + role.restarts, 0),
    async kill() {
      await Promise.allSettled([...roles.values()].map((role) => role.stop(KILL)));
    },
  };
}
