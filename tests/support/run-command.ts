import { execFile } from 'node:child_process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { TradingBase } from './trading-system.ts';
import { workerEnv } from './trading-system.ts';

const SIGNALMAN = fileURLToPath(new URL('../../cli/signalman.mjs', import.meta.url));

/** How a command ended. */
export interface CommandRun {
  status: number;
  out: string;
  err: string;
}

/** Runs commands in the environment of a test system. */
export interface Commands {
  /** Runs a command to its end. */
  run(args: string[], changes?: NodeJS.ProcessEnv): Promise<CommandRun>;
  /** Runs a command that is killed, as by `kill -9`, once the condition holds. */
  runAndKill(args: string[], condition: () => Promise<boolean>, changes?: NodeJS.ProcessEnv): Promise<void>;
}

/** Returns the commands for a system whose API listens at `apiUrl`. */
export function commandsOf(system: TradingBase & { key: string }, apiUrl: string): Commands {
  const env = {
    PATH: process.env['PATH'],
    ...workerEnv(system),
    SIGNALMAN_API_URL: apiUrl,
    SIGNALMAN_API_KEY: system.key,
    SIGNALMAN_STATE_DIR: system.stateDir,
  };
  const start = (args: string[], changes: NodeJS.ProcessEnv = {}) => {
    const ended = Promise.withResolvers<CommandRun>();
    const options = { env: { ...env, ...changes }, timeout: 120_000 };
    const child = execFile(process.execPath, [SIGNALMAN, ...args], options, (error, out, err) =>
      ended.resolve({ status: error === null ? 0 : Number(error.code ?? -1), out, err }),
    );
    return { child, ended: ended.promise };
  };
  return {
    run: (args, changes) => start(args, changes).ended,
    async runAndKill(args, condition, changes) {
      const { child, ended } = start(args, changes);
      while (!(await condition())) {
        if (child.exitCode !== null) throw new Error(`ended before the condition held: ${(await ended).err}`);
        await delay(20);
      }
      child.kill('SIGKILL');
      await ended;
    },
  };
}
