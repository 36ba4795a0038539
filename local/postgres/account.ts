import { execFileSync } from 'node:child_process';
import { chownSync, existsSync, realpathSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { PostgresUnavailableError } from './binaries.ts';

/** How to run a Postgres program: as ourselves or, since Postgres refuses root, as somebody else. */
export interface PostgresAccount {
  /** The command that runs `file` with `args` under this account. */
  command(file: string, args: readonly string[]): RunAs;
  /** Gives a file or an empty folder to the account. */
  own(path: string): void;
}

export interface RunAs {
  readonly file: string;
  readonly args: readonly string[];
  readonly uid?: number;
  readonly gid?: number;
}

interface Ids {
  readonly uid: number;
  readonly gid: number;
}

/**
 * The account that shall run Postgres. For an ordinary user it is that user. For root it is the owner of the data
 * when there is one, else `postgres`, else `nobody`: no user is added to the machine.
 *
 * @param mustReach files and folders the account needs to get at; their parents exist.
 * @throws {PostgresUnavailableError} when the machine offers no way to do so.
 */
export function choosePostgresAccount(dataDir: string, mustReach: readonly string[]): PostgresAccount {
  if (process.getuid?.() !== 0) return { command: (file, args) => ({ file, args }), own: () => {} };
  const ids = ownerOf(dataDir) ?? idsOf('postgres') ?? idsOf('nobody');
  if (!ids)
    throw new PostgresUnavailableError('no user to run Postgres as; set DATABASE_URL or do not run as root');
  const reachable = mustReach.every((path) => isOpenTo(ids, path));
  return {
    command: reachable ? (file, args) => ({ file, args, ...ids }) : passFolders(ids),
    own: (path) => chownSync(path, ids.uid, ids.gid),
  };
}

/**
 * The project or its state may lie in a folder that only root may enter (root's home, a temporary folder). Opening
 * that to others is not ours to do, and moving the data elsewhere would hide it. The account gets one privilege of
 * root's instead, to pass closed folders; it stays an ordinary user in everything Postgres asks about.
 */
function passFolders({ uid, gid }: Ids): PostgresAccount['command'] {
  if (!hasSetpriv()) {
    throw new PostgresUnavailableError(
      'as root, Postgres has to run under another user, who cannot enter the folder of the project or of its state; ' +
        'install setpriv (package util-linux), use folders open to all, or set DATABASE_URL',
    );
  }
  const user = [`--reuid=${uid}`, `--regid=${gid}`, '--clear-groups'];
  const privilege = ['--inh-caps=-all,+dac_override', '--ambient-caps=+dac_override'];
  // Postgres looks with access(2) whether it may run its own programs, and without this bit access(2) takes only the
  // bare user into account.
  const lookWithPrivilege = '--securebits=+no_setuid_fixup';
  return (file, args) => ({
    file: 'setpriv',
    args: [...user, ...privilege, lookWithPrivilege, '--', file, ...args],
  });
}

function hasSetpriv(): boolean {
  try {
    execFileSync('setpriv', ['--version'], { stdio: 'ignore', timeout: 5_000 });
    return true;
  } catch {
    return false;
  }
}

function ownerOf(path: string): Ids | undefined {
  if (!existsSync(path)) return undefined;
  const { uid, gid } = statSync(path);
  return uid === 0 ? undefined : { uid, gid };
}

function idsOf(user: string): Ids | undefined {
  try {
    const [uid, gid] = ['-u', '-g'].map((which) =>
      Number(execFileSync('id', [which, user], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })),
    );
    return uid === undefined || gid === undefined || uid === 0 ? undefined : { uid, gid };
  } catch {
    return undefined;
  }
}

/** Whether every folder on the way to `path` may be entered by these ids. */
function isOpenTo(ids: Ids, path: string): boolean {
  for (let folder = realpathSync(dirname(path)); ; folder = dirname(folder)) {
    const { uid, gid, mode } = statSync(folder);
    const bit = uid === ids.uid ? 0o100 : gid === ids.gid ? 0o010 : 0o001;
    if ((mode & bit) === 0) return false;
    if (folder === dirname(folder)) return true;
  }
}
