import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { wholeNumber } from '#cli/context.ts';
import { openBareTrader } from './bare-trader.ts';
import { openBareWorkflow } from './bare-workflow.ts';
import { startLocalSystem } from './local-system.ts';
import { connectSandbox } from './sandbox-control.ts';
import { takeSample, type Setup, type Sample } from './latency-sample.ts';
import { distributionOf, pollingWait, shuffled, type Distribution } from './statistics.ts';
import { armTrades, COINS, makeCalls } from './setup.ts';

interface Options {
  samples: number;
  armed: number;
  json?: boolean;
}

/** Trades before the first that counts: caches fill and code is compiled. */
const WARM_UP = 10;
/** How often the design that is compared with looks for signals, and for prices. */
const EXECUTOR_INTERVAL_MS = 30_000;
const MONITOR_INTERVAL_MS = 60_000;

const command = new Command('latency')
  .description(
    'signal to entry order and price to closing order, beside the bare SDK, a bare workflow and a polling design',
  )
  .option('--samples <n>', 'trades to measure', wholeNumber(1, 10_000), 200)
  .option('--armed <n>', 'other trades on watch meanwhile', wholeNumber(0, 100_000), 50)
  .option('--json', 'print one object of JSON');

export async function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const options = command.parse(args, { from: 'user' }).opts<Options>();
  const system = await startLocalSystem(env, say);
  try {
    const sandbox = connectSandbox(system.sandboxUrl);
    const bare = await openBareTrader(sandbox, COINS);
    const durable = await openBareTrader(sandbox, COINS);
    const workflow = await openBareWorkflow(system.temporal, durable);
    try {
      const { marks } = await sandbox.state();
      const armed = await armTrades(system.api, system.db, options.armed);
      say(`${armed} other trades on watch`);
      const setup = { ...system, sandbox, bare, workflow, prices: marks };
      const samples = await takeSamples(setup, options.samples);
      const result = { cpus: availableParallelism(), armed, ...resultOf(samples) };
      process.stdout.write(`${options.json ? JSON.stringify(result) : render(result)}\n`);
    } finally {
      await workflow.close();
      durable.close();
      bare.close();
    }
  } finally {
    await system.stop();
  }
}

async function takeSamples(setup: Setup, count: number): Promise<Sample[]> {
  const calls = shuffled(await makeCalls(setup.api, WARM_UP + count)).slice(0, WARM_UP + count);
  const samples: Sample[] = [];
  for (const [index, call] of calls.entries()) {
    const sample = await takeSample(setup, call);
    if (index >= WARM_UP) samples.push(sample);
    if (samples.length > 0 && samples.length % 50 === 0) say(`${samples.length} of ${count}`);
  }
  return samples;
}

type Times = Pick<Distribution, 'p50' | 'p99'>;

interface Result {
  rows: { what: string; samples: number | null; p50: number; p99: number }[];
  ratios: { what: string; p50: number; p99: number }[];
}

function resultOf(samples: readonly Sample[]): Result {
  const of = (key: keyof Sample): Distribution => distributionOf(samples.map((sample) => sample[key]));
  const [bareEntry, bareClose] = [of('bareEntry'), of('bareClose')];
  const bareDurable = of('bareDurable');
  const [accepted, crossing] = [of('acceptedToEntry'), of('crossingToClose')];
  const executor = plus(pollingWait(EXECUTOR_INTERVAL_MS), bareEntry);
  const monitor = plus(pollingWait(MONITOR_INTERVAL_MS), bareEntry);
  return {
    rows: [
      row('bare SDK: entry order called -> received', bareEntry),
      row('bare SDK: entry order called -> answered', of('bareEntryRoundTrip')),
      row('bare workflow: start called -> the same order received', bareDurable),
      row('signal written to the books -> entry order received', accepted),
      row('POST /signals sent -> entry order received', of('postedToEntry')),
      row('bare SDK on the price stream: price applied -> closing order received', bareClose),
      row('price applied, crosses the trail -> closing order received', crossing),
      row('model: 30 s executor, signal -> entry order received', executor),
      row('model: 60 s monitor, crossing -> closing order received', monitor),
    ],
    ratios: [
      ratio('signal -> entry: ours / bare SDK', accepted, bareEntry),
      ratio('signal -> entry: ours / bare workflow', accepted, bareDurable),
      ratio('signal -> entry: polling / ours', executor, accepted),
      ratio('crossing -> close: ours / bare SDK', crossing, bareClose),
      ratio('crossing -> close: polling / ours', monitor, crossing),
    ],
  };
}

const row = (what: string, times: Times & { samples?: number }) => ({
  what,
  samples: times.samples ?? null,
  p50: times.p50,
  p99: times.p99,
});

const ratio = (what: string, a: Times, b: Times) => ({ what, p50: a.p50 / b.p50, p99: a.p99 / b.p99 });

/** A wait for the loop's next turn, and then the order itself at its median. */
const plus = (wait: Times, order: Times): Times => ({
  p50: wait.p50 + order.p50,
  p99: wait.p99 + order.p50,
});

function render({ cpus, armed, rows, ratios }: Result & { cpus: number; armed: number }): string {
  return [
    `${cpus} CPUs, everything on this machine, ${armed} other trades on watch; times in ms`,
    line('', 'samples', 'p50', 'p99'),
    ...rows.map(({ what, samples, p50, p99 }) => line(what, String(samples ?? '-'), ms(p50), ms(p99))),
    '',
    line('ratios', '', 'p50', 'p99'),
    ...ratios.map(({ what, p50, p99 }) => line(what, '', `${p50.toFixed(1)}x`, `${p99.toFixed(1)}x`)),
    '',
    'The polling rows are a model, not a measurement: a uniform wait for the next turn of the loop, then the bare order.',
  ].join('\n');
}

const line = (what: string, ...cells: string[]): string =>
  `${what.padEnd(72)}${cells.map((cell) => cell.padStart(12)).join('')}`;

const say = (text: string): void => void process.stderr.write(`${text}\n`);

const ms = (value: number): string => value.toFixed(value < 1_000 ? 1 : 0);
