import { unlinkSync } from 'node:fs';
import { join } from 'node:path';
import type { Failpoint } from '#activities/deps.ts';

/** Steps pass by and nothing happens. */
export const noFailpoint: Failpoint = () => undefined;

/**
 * Kills this process, as `kill -9` would, at a step that has a file of its name in the folder. The file goes first:
 * whoever comes to the step next passes it.
 */
export const crashWhereAsked =
  (folder: string): Failpoint =>
  (step) => {
    try {
      unlinkSync(join(folder, step));
    } catch {
      return;
    }
    process.kill(process.pid, 'SIGKILL');
  };
