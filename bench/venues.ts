import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { wholeNumber } from '#cli/context.ts';
import { watchedWithinBudget, type Watched } from './venue-budget.ts';
import { measureRate, type Rate } from './venue-rate.ts';
import { measureSigning } from './venue-signing.ts';
import type { Distribution } from './statistics.ts';
import { run as runRouting } from './routing.ts';

interface Options {
  samples: number;
  orders: number;
  seconds: number;
  json?: boolean;
}

const command = new Command('venues')
  .description(
    'signing beside the bare SDK, orders per second, accounts watched within the venue’s budget, routing',
  )
  .option('--samples <n>', 'signatures and routings to measure', wholeNumber(10, 100_000), 1_000)
  .option('--orders <n>', 'orders to send', wholeNumber(10, 100_000), 1_000)
  .option('--seconds <n>', 'how long accounts are watched under enforced limits', wholeNumber(1, 3_600), 65)
  .option('--json', 'print one object of JSON per part');

export async function run(args: readonly string[]): Promise<void> {
  const options = command.parse(args, { from: 'user' }).opts<Options>();
  const result: Result = {
    cpus: availableParallelism(),
    signing: await measureSigning(options.samples),
    rate: await measureRate(options.orders),
    watched: await watchedWithinBudget(options.seconds * 1_000),
  };
  process.stdout.write(`${options.json ? JSON.stringify(result) : render(result)}\n`);
  await runRouting([
    '--samples',
    String(Math.min(300, options.samples)),
    ...(options.json ? ['--json'] : []),
  ]);
}

interface Result {
  cpus: number;
  signing: { bare: Distribution; ours: Distribution };
  rate: { bare: Rate; ours: Rate };
  watched: Watched;
}

function render({ cpus, signing, rate, watched }: Result): string {
  return [
    `${cpus} CPUs, everything on this machine`,
    '',
    line('sign and encode an order, ms', 'p50', 'p99'),
    line('bare SDK, ethers wallet', signing.bare.p50.toFixed(3), signing.bare.p99.toFixed(3)),
    line('ours', signing.ours.p50.toFixed(3), signing.ours.p99.toFixed(3)),
    line('ours / bare', ratio(signing.ours.p50, signing.bare.p50), ratio(signing.ours.p99, signing.bare.p99)),
    '',
    line('orders per second at the sandbox', 'one key', `${rate.ours.keys} keys`),
    line('bare SDK', rate.bare.alone.toFixed(0), rate.bare.together.toFixed(0)),
    line('ours', rate.ours.alone.toFixed(0), rate.ours.together.toFixed(0)),
    line(
      'ours / bare',
      ratio(rate.ours.alone, rate.bare.alone),
      ratio(rate.ours.together, rate.bare.together),
    ),
    '',
    ...watched.arithmetic,
    line(`polled for ${watched.seconds.toFixed(0)} s, limits enforced`, 'reads', 'refused (429)'),
    line(`${watched.accounts} accounts in turns`, String(watched.reads), String(watched.refused)),
    line('longest wait of an account, s', (watched.longestGapMs / 1_000).toFixed(1), ''),
    line('closing orders sent meanwhile: answered, ms p50, p99', ...watched.exits),
    '',
  ].join('\n');
}

const line = (what: string, ...cells: string[]): string =>
  `${what.padEnd(60)}${cells.map((cell) => cell.padStart(15)).join('')}`;

const ratio = (a: number, b: number): string => `${(a / b).toFixed(2)}x`;
