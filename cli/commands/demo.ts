import { fileURLToPath } from 'node:url';
import { Command, InvalidArgumentError } from 'commander';
import { anyNumber, wholeNumber } from '../context.ts';
import { DEFAULT_FOR_SECONDS, DEFAULT_PACE, DEFAULT_REPLAY_SPEED, DEFAULT_SEED } from '#demo/options.ts';
import { runDemo } from '#demo/run-demo.ts';

interface Options {
  once?: boolean;
  for: number;
  prices?: string;
  coin: string;
  speed?: number;
  seed: number;
  posts: string;
  json?: boolean;
}

const SHIPPED_POSTS = fileURLToPath(new URL('../../demo/posts.jsonl', import.meta.url));
const MAX_SEED = 4_294_967_295;
const MAX_SECONDS = 86_400;

/** `signalman demo`: everything on this machine, from posts to billed trades. */
export const demoCommand = (): Command =>
  new Command('demo')
    .description('run everything locally and trade the posts that ship with the project')
    .option('--once', 'end with a report when the trades of the posts have closed')
    .option(
      '--for <seconds>',
      'with --once: force-close what is open after this long',
      wholeNumber(1, MAX_SECONDS),
      DEFAULT_FOR_SECONDS,
    )
    .option('--prices <file>', 'CSV of candles or ticks to replay; without it prices are generated')
    .option('--coin <coin>', 'the coin that the price file is for', 'BTC')
    .option(
      '--speed <n>',
      `how many times faster than recorded (default: ${DEFAULT_REPLAY_SPEED}); of generated prices the pace (default: ${DEFAULT_PACE})`,
      positiveNumber,
    )
    .option('--seed <n>', 'seed of generated prices', wholeNumber(0, MAX_SEED), DEFAULT_SEED)
    .option('--posts <file>', 'posts to trade, one JSON object a line', SHIPPED_POSTS)
    .option('--json', 'print only the report, as JSON; progress goes to standard error')
    .action(run);

async function run({ once, json, prices, speed, for: forSeconds, ...plain }: Options): Promise<void> {
  process.exitCode = await runDemo(
    {
      ...plain,
      forSeconds,
      once: once === true,
      json: json === true,
      prices: prices ?? null,
      speed: speed ?? (prices === undefined ? DEFAULT_PACE : DEFAULT_REPLAY_SPEED),
    },
    process.env,
  );
}

function positiveNumber(text: string): number {
  const value = anyNumber(text);
  if (value > 0) return value;
  throw new InvalidArgumentError('must be more than 0.');
}
