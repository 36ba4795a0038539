import { randomUUID } from 'node:crypto';
import { rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDemoSystem, type DemoSystem } from '#local/demo-system.ts';
import { openStateDir } from '#local/state-dir.ts';

/** Services and settings are the benchmark's own, whatever the caller's environment configures. */
const OWN = /^(DATABASE_URL|TEMPORAL_(?!CLI_PATH)|HYPERLIQUID_|SIGNALMAN_|OPENAI_|CLASSIFIER$|LOG_LEVEL)/;
/** Far above what a benchmark asks for: the venue's budget is not what is measured. */
const UNLIMITED_WEIGHT = '100000000';

/**
 * The whole system in a state folder of its own, every part in a process of its own, with `settings` in its environment.
 * Call `stop` in any case.
 */
export async function startLocalSystem(
  env: NodeJS.ProcessEnv,
  log: (line: string) => void,
  settings: NodeJS.ProcessEnv = {},
): Promise<Pick<DemoSystem, 'db' | 'api' | 'temporal' | 'sandboxUrl' | 'stop' | 'state'>> {
  const folder = join(tmpdir(), `signalman-bench-${randomUUID()}`);
  const remove = (): void => rmSync(folder, { recursive: true, force: true });
  try {
    const system = await startDemoSystem({
      state: openStateDir(folder),
      env: {
        ...Object.fromEntries(Object.entries(env).filter(([name]) => !OWN.test(name))),
        HYPERLIQUID_WEIGHT_PER_MINUTE: UNLIMITED_WEIGHT,
        LOG_LEVEL: 'warn',
        ...settings,
      },
      sandbox: {},
      log: (part, line) => log(`${part}: ${line}`),
      signal: new AbortController().signal,
    });
    const stop = async (): Promise<void> => {
      await system.stop();
      remove();
    };
    stopWhenInterrupted(stop);
    await system.startWorkers().catch(async (error: unknown) => {
      await stop();
      throw error;
    });
    return { ...system, stop };
  } catch (error) {
    remove();
    throw error;
  }
}

/** The services are processes of their own and would outlive a benchmark that is broken off. */
function stopWhenInterrupted(stop: () => Promise<void>): void {
  for (const signal of ['SIGINT', 'SIGTERM'] as const)
    process.once(signal, () => void stop().finally(() => process.exit(1)));
}
