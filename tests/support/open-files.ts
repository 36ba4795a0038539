import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Paths below a folder that another user could read, write or, where they are folders, list. */
export function openFiles(folder: string): string[] {
  const all = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  return all.filter((path) => (statSync(join(folder, path)).mode & 0o066) !== 0).sort();
}
