import type { ChildProcess } from 'node:child_process';

/** How a process ended; both null where it could not be run at all. */
export interface ProcessExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** Resolves when the child ends, wanted or not. */
export function exitOf(child: ChildProcess): Promise<ProcessExit> {
  return new Promise((resolve) => {
    child.once('exit', (code, signal) => resolve({ code, signal }));
    child.once('error', () => resolve({ code: null, signal: null }));
  });
}

/** The end of a process in words, such as `was ended by SIGKILL`. */
export const describeExit = ({ code, signal }: ProcessExit): string =>
  signal === null ? `ended with status ${code}` : `was ended by ${signal}`;
