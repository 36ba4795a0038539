import { readEnvironment } from '#config/env.ts';
import { createOutput } from '#terminal/output.ts';
import { openStateDir } from '#local/state-dir.ts';
import { listenForInterruption } from '#process/interruption.ts';
import { DEFAULT_PACE, type DemoOptions } from './options.ts';
import { runPosts } from './run-posts.ts';
import { readPosts } from './posts.ts';
import { checkCoin, checkPriceFile } from './prices.ts';
import { createProgress, type Progress } from '#terminal/progress.ts';
import { renderReport } from './render-report.ts';
import type { DemoReport } from './report.ts';
import { startDemoSystem, type DemoSystem } from '#local/demo-system.ts';

const FAILED = 1;
/** As a shell names the end by Ctrl-C. */
export const INTERRUPTED = 130;

/**
 * Brings everything up, publishes the posts, tells what becomes of them and reports. Returns the exit status.
 *
 * @throws {InputError} for files that cannot be used, before anything is started.
 */
export async function runDemo(options: DemoOptions, env: NodeJS.ProcessEnv): Promise<number> {
  checkCoin(options.coin);
  const posts = await readPosts(options.posts, options.speed);
  if (options.prices !== null) await checkPriceFile(options.prices);
  const screen = createOutput(options.json ? process.stderr : process.stdout, env);
  const progress = createProgress(screen, 'demo');
  let system: DemoSystem | null = null;
  const interruption = listenForInterruption(() => {
    progress.note('ending at once');
    void (system?.kill() ?? Promise.resolve()).finally(() => process.exit(INTERRUPTED));
  });
  const { signal } = interruption;
  try {
    system = await start(options, env, progress, signal);
    const report = await runPosts({ options, posts, progress, system, signal });
    if (options.json) createOutput(process.stdout, env).json(report);
    else for (const line of renderReport(report, screen.colors)) screen.line(line);
    return statusOf(report, options);
  } catch (error) {
    if (isAbort(error)) return INTERRUPTED;
    throw error;
  } finally {
    if (system) await end(system, progress);
    interruption.stopListening();
  }
}

const isAbort = (error: unknown): boolean => error instanceof Error && error.name === 'AbortError';

function statusOf({ problems, ending }: DemoReport, { once }: DemoOptions): number {
  if (problems.length > 0) return FAILED;
  return once && ending === 'interrupted' ? INTERRUPTED : 0;
}

function start(
  { prices, coin, speed, seed }: DemoOptions,
  env: NodeJS.ProcessEnv,
  progress: Progress,
  signal: AbortSignal,
): Promise<DemoSystem> {
  const given = readEnvironment(env);
  if (given.HYPERLIQUID_URL !== undefined)
    progress.note('HYPERLIQUID_URL is not used: the demo trades at its own sandbox only');
  const state = openStateDir(given.SIGNALMAN_STATE_DIR);
  return startDemoSystem({
    state,
    env,
    signal,
    log: progress.part,
    sandbox: {
      seed,
      speed,
      pace: DEFAULT_PACE,
      coin,
      // Every run sees the prices from their beginning; a sandbox that is started again within it goes on.
      replay: `demo-${Date.now()}`,
      state: `${state.folder('sandbox')}/hyperliquid.jsonl`,
      ...(prices !== null && { prices }),
    },
  });
}

async function end(system: DemoSystem, progress: Progress): Promise<void> {
  progress.part('demo', 'stopping everything');
  await system.stop();
  progress.part('demo', 'stopped');
}
