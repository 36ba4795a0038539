import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { readEnvironment, type Environment } from '#config/env.ts';
import { DEMO_FOLDER } from '#local/demo-system.ts';
import type { RoleName } from '#local/own-roles.ts';
import type { SandboxRoleOptions } from '#local/roles/hyperliquid-sandbox.ts';
import { openStateDir, type StateDir } from '#local/state-dir.ts';
import { startSystem, type LocalSystem } from '#local/system.ts';
import { listenForInterruption } from '#process/interruption.ts';
import { untilAborted } from '#process/until-aborted.ts';
import { createOutput } from '#terminal/output.ts';
import { createProgress, type Progress } from '#terminal/progress.ts';
import { CliError } from '../cli-error.ts';
import { describeSystem, keptSecrets } from './describe-system.ts';

export interface UpOptions {
  sandbox: boolean;
  roles: readonly RoleName[];
}

/** Exit status of a program that Ctrl-C ended, as shells count it. */
const INTERRUPTED = 130;
/** Seed of the prices of local venues, which go on where the run before ended. */
const SEED = 7;

/**
 * Runs the system until a person ends it and returns the exit status: 0, or 130 when it was not up yet.
 *
 * @throws when a part cannot be started or cannot be kept running; then nothing of it runs any more.
 */
export async function runUp(options: UpOptions, env: NodeJS.ProcessEnv): Promise<number> {
  const given = readEnvironment(env);
  refuseUnused(options, given);
  const progress = createProgress(createOutput(process.stdout, env), 'up');
  let system: LocalSystem | null = null;
  const interruption = listenForInterruption(() => {
    progress.note('ending at once');
    void (system?.kill() ?? Promise.resolve()).finally(() => process.exit(INTERRUPTED));
  });
  const { signal } = interruption;
  try {
    system = await start(options, given, { env, progress, signal });
    await untilAborted(system.broken, signal);
    return 0;
  } catch (error) {
    if (!signal.aborted) {
      if (system) progress.note(firstLine(error));
      throw error;
    }
    return system ? 0 : INTERRUPTED;
  } finally {
    if (system) {
      progress.note('stopping everything');
      await system.stop();
    }
    if (system || signal.aborted) progress.note('stopped');
    interruption.stopListening();
  }
}

const firstLine = (error: unknown): string =>
  (error instanceof Error ? error.message : String(error)).split('\n', 1)[0] ?? '';

interface Surroundings {
  env: NodeJS.ProcessEnv;
  progress: Progress;
  signal: AbortSignal;
}

async function start(
  { sandbox, roles }: UpOptions,
  given: Environment,
  { env, progress, signal }: Surroundings,
): Promise<LocalSystem> {
  const startedAt = performance.now();
  const state = openStateDir(given.SIGNALMAN_STATE_DIR);
  const kept = keptSecrets(state);
  const system = await startSystem({
    state,
    env,
    signal,
    roles,
    withWorkers: true,
    sandbox: sandbox ? sandboxOptions(state) : null,
    sourceFolders: demoFolders(state),
    log: progress.part,
  });
  const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
  progress.note(`everything runs after ${seconds} s; Ctrl-C stops it`);
  for (const line of describeSystem(system, { given, kept, roles })) progress.note(line);
  return system;
}

const sandboxOptions = (state: StateDir): SandboxRoleOptions => ({
  seed: SEED,
  replay: 'up',
  state: join(state.folder('sandbox'), 'hyperliquid.jsonl'),
});

/** Returns the folder of an earlier demo, whose agents still read its files; none where no demo has run. */
function demoFolders({ root }: StateDir): string[] {
  const folder = join(root, DEMO_FOLDER);
  return existsSync(folder) ? [folder] : [];
}

function refuseUnused({ sandbox }: UpOptions, given: Environment): void {
  const venue = (['HYPERLIQUID_URL', 'OSTIUM_RPC_URLS'] as const).find((name) => given[name] !== undefined);
  if (!sandbox || venue === undefined) return;
  throw new CliError(`${venue} names a venue, and --sandbox asks for a local one: leave one of them out`, 2);
}
