import { existsSync } from 'node:fs';

/** Adds the variables of a file to the environment, where there is one; those that are set already stay. */
export function readEnvFile(path: string): void {
  if (existsSync(path)) process.loadEnvFile(path);
}
