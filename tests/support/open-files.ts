import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Returns the paths below a folder that another user can read, write or list. */
export function openFiles(folder: string): string[] {
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return all.filter((path) => (statSync(join(folder, path)).mode & 0o066) !== 0).sort();
}
