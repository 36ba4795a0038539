import { existsSync } from 'node:fs';

/** Adds the variables of a file, if it exists, to the environment. Variables that are set already stay. */
export function readEnvFile(path: string): void {
  if (existsSync(path)) process.loadEnvFile(path);
}
