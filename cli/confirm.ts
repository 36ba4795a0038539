import { createInterface } from 'node:readline/promises';
import { CliError } from './cli-error.ts';
import { shown } from '#terminal/output.ts';

/** What a command is about to do, and whether it may. */
export interface Announcement {
  /** In the words of the person who reads it, one line each. */
  lines: readonly string[];
  /** True where `--yes` was given. */
  yes: boolean | undefined;
}

/**
 * Says on standard error what is about to be done, and asks a person on a terminal. Returns when it may be done.
 *
 * @throws {CliError} when the person says no, and with status 2 where nobody can be asked and `--yes` was not given.
 */
export async function confirm({ lines, yes }: Announcement): Promise<void> {
  for (const line of lines) process.stderr.write(`${shown(line)}\n`);
  if (yes) return;
  if (!process.stdin.isTTY || !process.stderr.isTTY)
    throw new CliError('nothing was done: say --yes to do it', 2);
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  try {
    const answer = await terminal.question('Do it? Type yes: ');
    if (answer.trim().toLowerCase() !== 'yes') throw new CliError('nothing was done');
  } finally {
    terminal.close();
  }
}
