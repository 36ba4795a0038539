import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { wholeNumber } from '#cli/context.ts';
import { openBareLifecycles, type BareLifecycles } from './bare-lifecycles.ts';
import { startLocalSystem } from './local-system.ts';
import { COINS, makeSubscribers, postCalls, untilArmed } from './setup.ts';

interface Options {
  deployments: number;
  rounds: number;
  json?: boolean;
}

/** Deployments of one agent whose trades a signal starts at once. */
const MOST_DEPLOYMENTS = 20;

const command = new Command('lifecycles')
  .description('trades per second from signal to watch, beside workflows with as many empty steps')
  .option('--deployments <n>', 'of the agent whose signals are traded', wholeNumber(1, MOST_DEPLOYMENTS), 12)
  .option(
    '--rounds <n>',
    'agents after one another, by turns with the bare workflows',
    wholeNumber(1, 100),
    3,
  )
  .option('--json', 'print one object of JSON');

interface Result {
  cpus: number;
  trades: number;
  /** Per second. */
  trade: number;
  bare: number;
}

export async function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const options = command.parse(args, { from: 'user' }).opts<Options>();
  const system = await startLocalSystem(env, say);
  try {
    const bare = await openBareLifecycles(system.temporal);
    try {
      const result = await measure(system, bare, options);
      process.stdout.write(`${options.json ? JSON.stringify(result) : render(result)}\n`);
    } finally {
      await bare.close();
    }
  } finally {
    await system.stop();
  }
}

/** A round that does not count, then both sides by turns. */
async function measure(
  { api, db }: Pick<Awaited<ReturnType<typeof startLocalSystem>>, 'api' | 'db'>,
  lifecycles: BareLifecycles,
  { deployments, rounds }: Options,
): Promise<Result> {
  const each = deployments * COINS.length;
  let [trades, tradesMs, bareMs] = [0, 0, 0];
  for (let round = 0; round <= rounds; round += 1) {
    const agentId = await makeSubscribers(api, deployments);
    const startedAt = performance.now();
    await postCalls(api, agentId);
    await untilArmed(db, each * (round + 1));
    const tookMs = performance.now() - startedAt;
    const bareTookMs = await lifecycles.measure(each);
    if (round === 0) continue;
    trades += each;
    tradesMs += tookMs;
    bareMs += bareTookMs;
    say(`round ${round}: ${each} trades in ${tookMs.toFixed(0)} ms, bare ${bareTookMs.toFixed(0)} ms`);
  }
  return {
    cpus: availableParallelism(),
    trades,
    trade: (trades / tradesMs) * 1_000,
    bare: (trades / bareMs) * 1_000,
  };
}

const render = ({ cpus, trades, trade, bare }: Result): string =>
  [
    `${cpus} CPUs, everything on this machine, ${trades} of each`,
    `trades from signal to watch      ${trade.toFixed(1)} a second`,
    `workflows with empty steps       ${bare.toFixed(1)} a second`,
    `trades / workflows               ${(trade / bare).toFixed(2)}x`,
  ].join('\n');

const say = (text: string): void => void process.stderr.write(`${text}\n`);
