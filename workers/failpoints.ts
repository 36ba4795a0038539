import { closeSync, openSync } from 'node:fs';
import type { Failpoint } from '#activities/deps.ts';

/** Steps pass by and nothing happens. */
export const noFailpoint: Failpoint = () => undefined;

/**
 * Kills this process, as `kill -9` would, the first time a step is reached. "First" holds across restarts: the
 * marker file is made before dying and found by the next process.
 */
export function crashOnce(step: string, markerFile: string): Failpoint {
  return (reached) => {
    if (reached !== step) return;
    try {
      closeSync(openSync(markerFile, 'wx'));
    } catch {
      return;
    }
    process.kill(process.pid, 'SIGKILL');
  };
}
