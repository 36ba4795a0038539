import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { Stoppable } from '#process/stop-all.ts';

const SCRIPT = fileURLToPath(new URL('../web/build.ts', import.meta.url));

/**
 * Builds the web interface beside everything else, where it is missing or older than its sources. Nothing waits for it:
 * the API serves it once it is there, and a build that fails is told in a line. Stopping ends a build that is under way.
 * Returns null where there are no sources, as in the npm package, which has it built.
 */
export function startWebBuild(
  log: (part: string, line: string) => void,
  env: NodeJS.ProcessEnv,
): Stoppable | null {
  if (!existsSync(SCRIPT)) return null;
  const child = spawn(process.execPath, [SCRIPT, '--if-stale'], { env, stdio: ['ignore', 'pipe', 'pipe'] });
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => line.trim() !== '' && log('web', line));
  child.once('error', (error) => log('web', `the web interface was not built: ${error.message}`));
  return {
    name: 'the build of the web interface',
    async stop() {
      child.kill();
    },
  };
}
