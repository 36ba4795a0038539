import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { CliError } from '../cli-error.ts';
import { anyNumber, wholeNumber } from '../context.ts';
import { DEFAULT_FOR_SECONDS, DEFAULT_PACE, DEFAULT_REPLAY_SPEED, DEFAULT_SEED } from '#demo/options.ts';
import { INTERRUPTED, runDemo } from '#demo/run-demo.ts';

interface Options {
  once?: boolean;
  for?: number;
  prices?: string;
  coin?: string;
  speed?: number;
  seed: number;
  posts: string;
  json?: boolean;
}

const SHIPPED_POSTS = fileURLToPath(new URL('../../demo/posts.jsonl', import.meta.url));
const DEFAULT_COIN = 'BTC';
const MAX_SEED = 4_294_967_295;
const MAX_SECONDS = 86_400;

/** `signalman demo`: everything on this machine, from posts to billed trades. */
export const demoCommand = (): Command =>
  new Command('demo')
    .description('run everything locally and trade the posts that ship with the project')
    .option('--once', 'end with a report when the trades of the posts have closed')
    .option(
      '--for <seconds>',
      `with --once: force-close what is open after this long (default: ${DEFAULT_FOR_SECONDS})`,
      wholeNumber(1, MAX_SECONDS),
    )
    .option('--prices <file>', 'CSV of candles or ticks to replay; without it prices are generated')
    .option('--coin <coin>', `with --prices: the coin that the file is for (default: ${DEFAULT_COIN})`)
    .option(
      '--speed <n>',
      `how many times faster than recorded (default: ${DEFAULT_REPLAY_SPEED}); of generated prices the pace (default: ${DEFAULT_PACE})`,
      positiveNumber,
    )
    .option('--seed <n>', 'seed of generated prices', wholeNumber(0, MAX_SEED), DEFAULT_SEED)
    .option('--posts <file>', 'posts to trade, one JSON object a line', SHIPPED_POSTS)
    .option('--json', 'print only the report, as JSON; progress goes to standard error')
    .action(run);

async function run(options: Options): Promise<void> {
  refuseUnused(options);
  const { once, json, prices, speed, coin, for: forSeconds, ...plain } = options;
  const status = await runDemo(
    {
      ...plain,
      coin: coin ?? DEFAULT_COIN,
      forSeconds: forSeconds ?? DEFAULT_FOR_SECONDS,
      once: once === true,
      json: json === true,
      prices: prices ?? null,
      speed: speed ?? (prices === undefined ? DEFAULT_PACE : DEFAULT_REPLAY_SPEED),
    },
    process.env,
  );
  // Exits explicitly: a part that is still starting ends with this process.
  if (status === INTERRUPTED) process.exit(status);
  process.exitCode = status;
}

/** Refuses options that would do nothing. */
function refuseUnused({ once, for: forSeconds, prices, coin }: Options): void {
  if (forSeconds !== undefined && !once)
    throw new CliError('--for needs --once: without it a demo goes on', 2);
  if (coin !== undefined && prices === undefined)
    throw new CliError('--coin needs --prices: without a price file all coins are generated', 2);
}

function positiveNumber(text: string): number {
  const value = anyNumber(text);
  if (value > 0) return value;
  throw new InvalidArgumentError('must be more than 0.');
}
