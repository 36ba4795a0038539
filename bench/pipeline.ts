import { availableParallelism } from 'node:os';
import { Command } from 'commander';
import { wholeNumber } from '#cli/context.ts';
import { startLocalSystem } from './local-system.ts';
import { measureMessages } from './pipeline/messages.ts';
import { measurePolls } from './pipeline/polls.ts';
import { measurePosts } from './pipeline/posts.ts';

interface Options {
  posts: number;
  messages: number;
  sources: number;
  period: number;
  rounds: number;
  json?: boolean;
}

const command = new Command('pipeline')
  .description('post to entry order, messages a second, and many sources polled in their periods')
  .option(
    '--posts <n>',
    'posts to see to their orders, by webhook and by file each',
    wholeNumber(0, 1_000),
    50,
  )
  .option('--messages <n>', 'messages to take in and judge', wholeNumber(0, 1_000_000), 10_000)
  .option('--sources <n>', 'feeds to poll', wholeNumber(0, 100_000), 1_000)
  .option('--period <seconds>', 'their period', wholeNumber(10, 3_600), 60)
  .option('--rounds <n>', 'polls of each feed to watch', wholeNumber(2, 100), 3)
  .option('--json', 'print one object of JSON');

export async function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const options = command.parse(args, { from: 'user' }).opts<Options>();
  const system = await startLocalSystem(env, say, { SIGNALMAN_PRIVATE_FEEDS: 'true' });
  try {
    const result = {
      cpus: availableParallelism(),
      ...(options.posts > 0 && { posts: await measurePosts(system, options.posts) }),
      ...(options.messages > 0 && { messages: await measureMessages(system, options.messages) }),
      ...(options.sources > 0 && { polls: await measurePolls(system, options) }),
    };
    process.stdout.write(`${options.json ? JSON.stringify(result) : render(result)}\n`);
  } finally {
    await system.stop();
  }
}

interface Result {
  cpus: number;
  posts?: Awaited<ReturnType<typeof measurePosts>>;
  messages?: Awaited<ReturnType<typeof measureMessages>>;
  polls?: Awaited<ReturnType<typeof measurePolls>>;
}

function render({ cpus, posts, messages, polls }: Result): string {
  const lines = [`${cpus} CPUs, everything on this machine; times in ms`];
  for (const { what, samples, p50, p99 } of posts ?? [])
    lines.push(`${what.padEnd(64)}${String(samples).padStart(8)} p50 ${ms(p50)}  p99 ${ms(p99)}`);
  if (messages)
    lines.push(
      `${messages.count} messages of a file: ${messages.storedPerSecond.toFixed(0)} a second stored, ` +
        `${messages.judgedPerSecond.toFixed(0)} a second stored, classified and evaluated`,
    );
  if (polls)
    lines.push(
      `${polls.sources} feeds, period ${polls.periodMs} ms: ${polls.pollsPerSecond.toFixed(1)} polls a second, ` +
        `a poll comes later than its period by p50 ${ms(polls.late.p50)}, p99 ${ms(polls.late.p99)}, at most ${ms(polls.late.max)}`,
    );
  return lines.join('\n');
}

const say = (text: string): void => void process.stderr.write(`${text}\n`);

const ms = (value: number): string => value.toFixed(value < 1_000 ? 1 : 0);
