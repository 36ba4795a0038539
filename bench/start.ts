import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { quantile } from '#domain/quantile.ts';
import { startPostgres } from '#local/postgres/embedded.ts';
import { readStateDir, type RunRecord } from '#local/state-dir.ts';
import { startTemporal } from '#local/temporal/dev-server.ts';
import { memoryOf } from '#process/memory.ts';
import { until } from './until.ts';

const SIGNALMAN = fileURLToPath(new URL('../cli/signalman.mjs', import.meta.url));
const START_TIMEOUT_MS = 180_000;
/** Until what a start leaves behind in memory has been given back. */
const IDLE_AFTER_MS = 10_000;
const MIB = 1024 * 1024;
const log = (): void => undefined;

/** How long a start took, and what runs idle after it. */
interface Start {
  ms: number;
  memoryBytes: number;
}

/** Measures warm starts of `signalman up --sandbox`, by turns with bare Postgres and Temporal. */
export async function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: { starts: { type: 'string', default: '3' }, json: { type: 'boolean' } },
  });
  const folder = mkdtempSync(join(tmpdir(), 'signalman-bench-start-'));
  try {
    const ours: Start[] = [];
    const bare: Start[] = [];
    // The first start of each makes its data and is not counted.
    for (let turn = 0; turn <= Number(values.starts); turn += 1) {
      bare.push(await startBare(join(folder, 'bare'), env));
      ours.push(await startOurs(join(folder, 'ours'), env));
    }
    report(ours.slice(1), bare.slice(1), values.json === true);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startBare(folder: string, env: NodeJS.ProcessEnv): Promise<Start> {
  const startedAt = performance.now();
  const [postgres, temporal] = await Promise.all([
    startPostgres({ dataDir: join(folder, 'postgres'), log }),
    startTemporal({ stateDir: join(folder, 'temporal'), searchAttributes: [], env, log }),
  ]);
  const ms = performance.now() - startedAt;
  await delay(IDLE_AFTER_MS);
  const memoryBytes = (memoryOf(postgres.pid) ?? 0) + (memoryOf(temporal.pid) ?? 0);
  await Promise.all([postgres.stop(), temporal.stop()]);
  return { ms, memoryBytes };
}

async function startOurs(stateDir: string, env: NodeJS.ProcessEnv): Promise<Start> {
  const startedAt = performance.now();
  const child = spawn(process.execPath, [SIGNALMAN, 'up', '--sandbox'], {
    env: { ...env, SIGNALMAN_STATE_DIR: stateDir },
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let reason = '';
  child.stderr.on('data', (text) => (reason += String(text)));
  const ended = new Promise((resolve) => child.once('close', resolve));
  const state = readStateDir(stateDir);
  await until('everything to run', START_TIMEOUT_MS, 20, async () => {
    if (child.exitCode !== null) throw new Error(`up ended with ${child.exitCode}: ${reason}`);
    return serves(state.currentRun()) && state.currentStart() === undefined ? true : null;
  });
  const ms = performance.now() - startedAt;
  await delay(IDLE_AFTER_MS);
  // What it has started is beneath it.
  const memoryBytes = memoryOf(child.pid ?? 0) ?? 0;
  child.kill('SIGINT');
  await ended;
  return { ms, memoryBytes };
}

const serves = (found: RunRecord | undefined): boolean =>
  found !== undefined && found.roles['worker'] !== undefined;

function report(ours: readonly Start[], bare: readonly Start[], isJson: boolean): void {
  const medianOf = (starts: readonly Start[], field: keyof Start): number =>
    quantile(
      starts.map((start) => start[field]).toSorted((a, b) => a - b),
      0.5,
    );
  const rows = {
    starts: ours.length,
    startMs: { ours: medianOf(ours, 'ms'), bare: medianOf(bare, 'ms') },
    idleBytes: { ours: medianOf(ours, 'memoryBytes'), bare: medianOf(bare, 'memoryBytes') },
  };
  if (isJson) return console.log(JSON.stringify(rows, null, 2));
  const { startMs, idleBytes } = rows;
  const line = (name: string, unit: string, { ours: own, bare: plain }: typeof startMs, by: number): void =>
    console.log(
      `${name}: ${(own / by).toFixed(1)} ${unit}, bare Postgres and Temporal ${(plain / by).toFixed(1)} ${unit}, ` +
        `${(own / plain).toFixed(1)}x`,
    );
  line(`warm start of everything (p50 of ${ours.length})`, 's', startMs, 1_000);
  line('memory of the idle system', 'MiB', idleBytes, MIB);
}
