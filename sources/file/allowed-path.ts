import { realpathSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, relative, resolve } from 'node:path';

/** A source names a file that this system may not read. */
export class SourcePathError extends Error {
  override name = 'SourcePathError';
  readonly code = 'source_path_refused';
}

/**
 * Returns the real path of the file that a source names, with every link followed; the file may be missing. A
 * relative name is resolved in the first folder. Throws `SourcePathError` for a file outside the folders.
 */
export function allowedPath(folders: readonly string[], handle: string): string {
  const [home = '.'] = folders;
  const path = realPath(isAbsolute(handle) ? handle : join(home, handle));
  if (folders.some((folder) => isBelow(realPath(folder), path))) return path;
  throw new SourcePathError(
    `${handle} is not in a folder that sources may read (${folders.join(', ')}): put the file there, ` +
      'or add its folder to SIGNALMAN_FILE_SOURCES',
  );
}

function isBelow(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way !== '' && !isAbsolute(way) && way !== '..' && !way.startsWith('../');
}

/** Follows links as far as the path exists; what does not exist yet can be no link. */
function realPath(path: string): string {
  const whole = resolve(path);
  try {
    return realpathSync(whole);
  } catch (error) {
    const isMissing = error instanceof Error && 'code' in error && error.code === 'ENOENT';
    if (!isMissing || dirname(whole) === whole) throw error;
    return join(realPath(dirname(whole)), basename(whole));
  }
}
