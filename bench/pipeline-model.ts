import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { Command } from 'commander';
import { wholeNumber } from '#cli/context.ts';
import { startLlmSandbox, type LlmSandbox } from '#sandbox/llm/server.ts';
import { preciseNow } from '#sandbox/precise-now.ts';
import { startLocalSystem } from './local-system.ts';
import { connectSandbox } from './sandbox-control.ts';
import { COINS } from './setup.ts';
import { distributionOf, type Distribution } from './statistics.ts';
import { until } from './until.ts';

interface Options {
  posts: number;
  messages: number;
  latency: number;
  json?: boolean;
}

type System = Awaited<ReturnType<typeof startLocalSystem>>;

const command = new Command('pipeline-model')
  .description(
    'post to entry order, and a backlog of messages, where a slow stand-in for a language model reads',
  )
  .option('--posts <n>', 'posts to see to their orders', wholeNumber(0, 1_000), 30)
  .option('--messages <n>', 'messages of one source that wait at once', wholeNumber(0, 1_000_000), 10_000)
  .option('--latency <ms>', 'time of the stand-in for each answer', wholeNumber(0, 20_000), 800)
  .option('--json', 'print one object of JSON');

export async function run(args: readonly string[], env: NodeJS.ProcessEnv): Promise<void> {
  const options = command.parse(args, { from: 'user' }).opts<Options>();
  const model = await startLlmSandbox({ latencyMs: options.latency });
  try {
    const system = await startLocalSystem(env, say, {
      CLASSIFIER: 'openai',
      OPENAI_BASE_URL: model.baseUrl,
      OPENAI_MODEL: 'stand-in',
      OPENAI_PRICES: '0,0',
    });
    try {
      const result = await measure(system, model, options);
      process.stdout.write(`${options.json ? JSON.stringify(result) : render(result)}\n`);
    } finally {
      await system.stop();
    }
  } finally {
    await model.close();
  }
}

interface Result {
  cpus: number;
  latencyMs: number;
  /** Line of a file written -> entry order received, in ms. */
  posts: Distribution | null;
  backlog: Backlog | null;
}

interface Backlog {
  messages: number;
  seconds: number;
  questions: number;
  mostInFlight: number;
}

async function measure(system: System, model: LlmSandbox, options: Options): Promise<Result> {
  return {
    cpus: availableParallelism(),
    latencyMs: options.latency,
    posts: options.posts === 0 ? null : distributionOf(await measurePosts(system, options.posts)),
    backlog: options.messages === 0 ? null : await measureBacklog(system, model, options.messages),
  };
}

const PLAIN_COINS = COINS.filter((coin) => /^[A-Z]{3,5}$/.test(coin));
const WARM_UP = 2;
/** A new source is found by the watcher within seconds. */
const FOUND_AFTER_MS = 7_000;
const ORDER_TIMEOUT_MS = 60_000;

/** Returns how long each post took from its line in a file to its entry order at the venue, in ms. */
async function measurePosts(system: System, count: number): Promise<number[]> {
  const sandbox = connectSandbox(system.sandboxUrl);
  const times: number[] = [];
  let listener: Listener | null = null;
  for (let at = 0; at < count + WARM_UP; at += 1) {
    const coin = PLAIN_COINS[at % PLAIN_COINS.length] ?? '';
    if (!listener || at % PLAIN_COINS.length === 0) listener = await addListener(system);
    const { wallet, path } = listener;
    const startedAt = preciseNow();
    appendFileSync(path, toLine(`Long $${coin} now, stop 20% (${at})`));
    const order = await until(`the order of post ${at}`, ORDER_TIMEOUT_MS, 10, async () =>
      (await sandbox.orders(startedAt)).find(({ user }) => user === wallet),
    );
    if (at >= WARM_UP) times.push(order.receivedAt - startedAt);
  }
  return times;
}

/** An agent's wallet and the file that it reads. Each coin can be called once in it. */
interface Listener {
  wallet: string;
  path: string;
}

let listeners = 0;

async function addListener({ api, state }: System): Promise<Listener> {
  const { name, path } = newFile(state.root);
  const agent = await api.post<{ id: string }>('/agents', {
    name,
    minConfidence: 0.1,
    maxDriftPct: 50,
    sizeModel: { mode: 'fixedNotional', notionalUsd: '100' },
    sources: [{ kind: 'file', handle: path, weight: 100 }],
  });
  const { walletAddress } = await api.post<{ walletAddress: string }>(`/agents/${agent.id}/deployments`, {
    maxNotionalUsd: '5000',
    maxOpenPositions: 100,
    fundUsdc: '100000',
  });
  await delay(FOUND_AFTER_MS);
  return { wallet: walletAddress.toLowerCase(), path };
}

function newFile(root: string): { name: string; path: string } {
  const name = `model-${(listeners += 1)}`;
  const path = join(root, 'sources', `${name}.jsonl`);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, '');
  return { name, path };
}

const toLine = (text: string): string =>
  `${JSON.stringify({ author: 'bench', text, postedAt: Date.now() })}\n`;

const BACKLOG_TIMEOUT_MS = 60 * 60_000;

/** Writes messages of one source at once, and waits until all of them are classified and evaluated. */
async function measureBacklog(
  { api, db, state }: System,
  model: LlmSandbox,
  count: number,
): Promise<Backlog> {
  const { name, path } = newFile(state.root);
  await api.post('/agents', { name, sources: [{ kind: 'file', handle: path, weight: 100 }] });
  const { id } = await db.sourceAccount.findFirstOrThrow({ where: { handle: path } });
  const before = model.state().requests;
  const startedAt = performance.now();
  writeFileSync(
    path,
    Array.from({ length: count }, (_, at) => toLine(`BTC looks heavy below 60k (${at})`)).join(''),
  );
  await until(`${count} messages`, BACKLOG_TIMEOUT_MS, 250, async () =>
    (await db.sourceMessage.count({ where: { sourceAccountId: id, evaluatedAt: { not: null } } })) >= count
      ? true
      : null,
  );
  const { requests, mostInFlight } = model.state();
  return {
    messages: count,
    seconds: (performance.now() - startedAt) / 1_000,
    questions: requests - before,
    mostInFlight,
  };
}

function render({ cpus, latencyMs, posts, backlog }: Result): string {
  const lines = [`${cpus} CPUs, everything on this machine; the stand-in takes ${latencyMs} ms`];
  if (posts)
    lines.push(
      `line of a file -> entry order received (${posts.samples}): p50 ${posts.p50.toFixed(0)} ms, p99 ${posts.p99.toFixed(0)} ms`,
    );
  if (backlog)
    lines.push(
      `${backlog.messages} messages of one source: ${backlog.seconds.toFixed(1)} s, ` +
        `${(backlog.messages / backlog.seconds).toFixed(1)} a second, ${backlog.questions} questions, ` +
        `${backlog.mostInFlight} at once`,
    );
  return lines.join('\n');
}

const say = (text: string): void => void process.stderr.write(`${text}\n`);
