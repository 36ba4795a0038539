import { homedir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const HERE = fileURLToPath(import.meta.url);

/**
 * Where Node keeps what it has compiled of the sources, types already stripped: a process starts in two thirds of the
 * time. An installed package writes nothing into its own folder, and has it among the caches of the user.
 */
export const COMPILE_CACHE = HERE.includes('node_modules')
  ? join(homedir(), '.cache', 'signalman', 'compiled')
  : join(HERE, '../../node_modules/.cache/signalman/compiled');

/** The environment with the cache in it, unless it names one, or turns it off (`NODE_DISABLE_COMPILE_CACHE`). */
export const withCompileCache = (env: NodeJS.ProcessEnv): NodeJS.ProcessEnv => ({
  NODE_COMPILE_CACHE: COMPILE_CACHE,
  ...env,
});
