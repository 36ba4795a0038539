import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { wholeNumber } from '#cli/context.ts';
import { readWatcher } from '#temporal/watcher-health.ts';
import { writeArmedRows } from './armed-rows.ts';
import { openBareTrader } from './bare-trader.ts';
import { measureBurst, type Burst } from './exit-burst.ts';
import { takeCrossing, type PricedSetup } from './latency-sample.ts';
import { startLocalSystem } from './local-system.ts';
import { bytesEach, findChild, residentBytes } from './memory.ts';
import { connectSandbox } from './sandbox-control.ts';
import { distributionOf, shuffled, type Distribution } from './statistics.ts';
import { measureTakeover } from './takeover.ts';
import { COINS, makeCalls } from './setup.ts';
import { until } from './until.ts';

interface Options {
  armed: number;
  exits: number;
  samples: number;
  takeovers: number;
  json?: boolean;
}

const WARM_UP = 5;
const READ_TIMEOUT_MS = 120_000;

const command = new Command('watch')
  .description('price to closing order with many trades on watch, a burst of exits, memory, takeover')
  .option('--armed <n>', 'watches armed beside those that close', wholeNumber(0, 1_000_000), 10_000)
  .option('--exits <n>', 'positions that one print closes', wholeNumber(1, 20_000), 2_000)
  .option('--samples <n>', 'crossings to measure', wholeNumber(1, 10_000), 100)
  .option('--takeovers <n>', 'deaths of the worker to measure', wholeNumber(0, 10), 3)
  .option('--json', 'print one object of JSON');

type System = Awaited<ReturnType<typeof startLocalSystem>>;

export async function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const options = command.parse(args, { from: 'user' }).opts<Options>();
  const system = await startLocalSystem(env, say);
  try {
    const sandbox = connectSandbox(system.sandboxUrl);
    const bare = await openBareTrader(sandbox, COINS);
    try {
      const { marks } = await sandbox.state();
      const result = await measure({ ...system, sandbox, bare, prices: marks }, system, options);
      process.stdout.write(`${options.json ? JSON.stringify(result) : render(result)}\n`);
    } finally {
      bare.close();
    }
  } finally {
    await system.stop();
  }
}

interface Result {
  cpus: number;
  armed: number;
  burst: Burst;
  crossingToOrderMs: Distribution;
  bareCrossingToOrderMs: Distribution;
  /** A watch armed or changed in the database -> known to the watcher; over the last two hundred. */
  changesSeenAfterMs: { p50: number; p99: number } | null;
  /** Null where the system does not tell. */
  bytesPerArmedWatch: number | null;
  bytesPerSleepingTrade: { worker: number | null; temporal: number | null };
  takeoverMs: number[];
}

async function measure(setup: PricedSetup, system: System, options: Options): Promise<Result> {
  const memory = memoryOf(system);
  const empty = memory();
  let sleeping = { worker: null, temporal: null } as Result['bytesPerSleepingTrade'];
  const burst = await measureBurst(setup, options.exits, async (positions) => {
    const full = memory();
    sleeping = {
      worker: bytesEach(empty.worker, full.worker, positions),
      temporal: bytesEach(empty.temporal, full.temporal, positions),
    };
    say(`${positions} positions open`);
    await Promise.resolve();
  });
  say(`${burst.exits} exits ordered in ${ms(burst.ordersMs)} ms, by the bare SDK in ${ms(burst.bareMs)} ms`);
  const unarmed = memory();
  await writeArmedRows(setup.api, setup.db, setup.prices, options.armed);
  await until(`${options.armed} watches`, READ_TIMEOUT_MS, 100, async () => {
    const report = await readWatcher(system.temporal, 'hyperliquid');
    return report?.state === 'watching' && (report.health?.watches ?? 0) >= options.armed ? true : null;
  });
  const armed = memory();
  say(`${options.armed} watches armed`);
  const crossings = await takeCrossings(setup, options.samples);
  return {
    cpus: availableParallelism(),
    armed: options.armed,
    burst,
    crossingToOrderMs: distributionOf(crossings.map(({ crossingToClose }) => crossingToClose)),
    bareCrossingToOrderMs: distributionOf(crossings.map(({ bareClose }) => bareClose)),
    changesSeenAfterMs:
      (await readWatcher(system.temporal, 'hyperliquid'))?.health?.changesSeenAfterMs ?? null,
    bytesPerArmedWatch: bytesEach(unarmed.worker, armed.worker, options.armed),
    bytesPerSleepingTrade: sleeping,
    takeoverMs: await takeTakeovers(setup, system, options.takeovers),
  };
}

async function takeCrossings(setup: PricedSetup, count: number) {
  const calls = shuffled(await makeCalls(setup.api, WARM_UP + count)).slice(0, WARM_UP + count);
  const crossings: Awaited<ReturnType<typeof takeCrossing>>[] = [];
  for (const call of calls) crossings.push(await takeCrossing(setup, call));
  return crossings.slice(WARM_UP);
}

async function takeTakeovers(setup: PricedSetup, system: System, count: number): Promise<number[]> {
  const calls = await makeCalls(setup.api, Math.max(1, count));
  const times: number[] = [];
  for (const call of calls.slice(0, count)) times.push(await measureTakeover(setup, call, workerPid(system)));
  return times;
}

function workerPid({ state }: System): number {
  const pid = state.lastRun()?.roles['worker']?.pid;
  if (pid === undefined) throw new Error('no worker runs');
  return pid;
}

const memoryOf = (system: System) => () => ({
  worker: residentBytes(workerPid(system)),
  temporal: residentBytes(findChild('start-dev')),
});

function render(result: Result): string {
  const { burst, crossingToOrderMs: ours, bareCrossingToOrderMs: bare, changesSeenAfterMs: seen } = result;
  const { worker, temporal } = result.bytesPerSleepingTrade;
  return [
    `${result.cpus} CPUs, everything on this machine; times in ms`,
    `${result.armed} watches armed by rows of their own (no positions behind them), ${ours.samples} crossings`,
    line('price applied, crosses the trail -> closing order received', ours.p50, ours.p99),
    line('bare SDK on the same print -> closing order received', bare.p50, bare.p99),
    ...(seen
      ? [line('watch armed or changed in the books -> known to the watcher', seen.p50, seen.p99)]
      : []),
    `${burst.exits} positions opened by signals in ${ms(burst.openingMs)}, closed by one print in each coin`,
    line('print -> last closing order received', burst.ordersMs),
    line('bare SDK, 32 at a time: the same number of closing orders', burst.bareMs),
    `ours / bare SDK: ${(burst.ordersMs / burst.bareMs).toPrecision(2)}x`,
    line('print -> last trade settled and billed', burst.closedMs),
    `memory: ${kib(result.bytesPerArmedWatch)} per armed watch in the worker; per sleeping trade ${kib(worker)} in the worker, ${kib(temporal)} in Temporal`,
    `worker killed -> closing order for a price that crossed meanwhile: ${result.takeoverMs.map(ms).join(', ')}`,
  ].join('\n');
}

const line = (what: string, ...values: number[]): string =>
  `${what.padEnd(64)}${values.map((value) => ms(value).padStart(12)).join('')}`;

const ms = (value: number): string => value.toFixed(value < 1_000 ? 1 : 0);

const kib = (bytes: number | null): string =>
  bytes === null ? 'unknown' : `${(bytes / 1_024).toFixed(1)} KiB`;

const say = (text: string): void => void process.stderr.write(`${text}\n`);
