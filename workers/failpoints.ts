import { readdirSync, readFileSync, unlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Failpoint } from '#activities/deps.ts';

/** Steps pass by and nothing happens. */
export const noFailpoint: Failpoint = () => undefined;

/** Content of the files of steps at which one death meets several trades. */
export const TOGETHER = 'together';

/**
 * Kills this process, as `kill -9` would, at a step that has a file of its name in the folder. The file goes first:
 * the next trade at the step passes it. A file with {@link TOGETHER} in it holds its trade at the step while other
 * files are left; the process dies at the last one.
 */
export const crashWhereAsked =
  (folder: string): Failpoint =>
  (step) => {
    const asked = takeFile(join(folder, step));
    if (asked === null) return undefined;
    if (asked !== TOGETHER || readdirSync(folder).length === 0) process.kill(process.pid, 'SIGKILL');
    return new Promise<never>(() => undefined);
  };

/** Returns the content of a file and removes it; null where there is none, or another process has removed it. */
function takeFile(path: string): string | null {
  try {
    const content = readFileSync(path, 'utf8');
    unlinkSync(path);
    return content;
  } catch {
    return null;
  }
}
