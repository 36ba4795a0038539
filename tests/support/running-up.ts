import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createApiClient, type ApiClient } from '#api/client.ts';
import { apiKeyFile } from '#config/secret-files.ts';
import { openStateDir, type RunRecord } from '#local/state-dir.ts';
import { isRunning, type ProcessIdentity } from '#process/identity.ts';
import { until } from './trading-system.ts';

const SIGNALMAN = fileURLToPath(new URL('../../cli/signalman.mjs', import.meta.url));
const UP_WITHIN_MS = 180_000;

/** `signalman up` as a user runs it. */
export interface RunningUp {
  readonly api: ApiClient;
  readonly run: () => RunRecord;
  /** Its output so far. */
  readonly told: () => string;
  readonly ended: Promise<number | null>;
  interrupt(): void;
}

/** Starts `signalman up` in the folder and waits until its workers run. */
export async function startUp(stateDir: string, args: readonly string[]): Promise<RunningUp> {
  const child = spawn(process.execPath, [SIGNALMAN, 'up', ...args], {
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'], SIGNALMAN_STATE_DIR: stateDir },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let told = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (told += String(chunk)));
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve));
  const state = openStateDir(stateDir);
  const first = await until(
    'everything to run',
    async () => {
      if (child.exitCode !== null) throw new Error(`up has ended: ${told}`);
      const run = state.currentRun();
      return run?.roles['worker'] && run;
    },
    UP_WITHIN_MS,
  );
  return {
    api: createApiClient({
      url: String(first.apiUrl),
      key: readFileSync(apiKeyFile(stateDir), 'utf8').trim(),
    }),
    run: () => state.currentRun() ?? first,
    told: () => told,
    ended,
    interrupt: () => void child.kill('SIGINT'),
  };
}

/** Returns the ids of all processes of a run, the first included. */
export const processesOf = ({ supervisor, services, roles }: RunRecord): ProcessIdentity[] => [
  supervisor,
  ...Object.values(services),
  ...Object.values(roles),
];

/** Waits until none of the processes runs. */
export const allEnded = (processes: readonly ProcessIdentity[]): Promise<true> =>
  until('all processes to end', async () => processes.every((each) => !isRunning(each)));
