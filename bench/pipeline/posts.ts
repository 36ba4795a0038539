import { appendFileSync, mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { HookMade } from '#api/schemas/hook.ts';
import type { DemoSystem } from '#local/demo-system.ts';
import { preciseNow } from '#sandbox/precise-now.ts';
import { connectSandbox, type SandboxControl } from '../sandbox-control.ts';
import { COINS } from '../setup.ts';
import { distributionOf, type Distribution } from '../statistics.ts';
import { until } from '../until.ts';

export type PostsSystem = Pick<DemoSystem, 'api' | 'db' | 'temporal' | 'sandboxUrl' | 'state'>;

/** Names that nobody reads as anything but a coin. */
const PLAIN_COINS = COINS.filter((coin) => /^[A-Z]{3,5}$/.test(coin));
const WARM_UP = 3;
const ORDER_TIMEOUT_MS = 30_000;

/** An agent, its wallet, and its two sources: the address of a webhook and a file. Each coin can be called once in it. */
interface Listener {
  wallet: string;
  url: string;
  path: string;
}

interface Sample {
  fromInsert: number;
  fromPost: number;
}

/** Posts calls by webhook and then by file, and waits for the order of each. Returns how long they took, in ms. */
export async function measurePosts(
  system: PostsSystem,
  count: number,
): Promise<({ what: string } & Distribution)[]> {
  const sandbox = connectSandbox(system.sandboxUrl);
  const samples: Record<Way, Sample[]> = { webhook: [], file: [] };
  for (const way of ['webhook', 'file'] as const) {
    let listener: Listener | null = null;
    for (let at = 0; at < count + WARM_UP; at += 1) {
      const coin = PLAIN_COINS[at % PLAIN_COINS.length] ?? '';
      if (!listener || at % PLAIN_COINS.length === 0) listener = await addListener(system);
      const sample = await postOne({ ...system, sandbox }, listener, { way, coin });
      if (at >= WARM_UP) samples[way].push(sample);
      await delay(20 + Math.random() * 100);
    }
  }
  const row = (what: string, way: Way, key: keyof Sample) => ({
    what,
    ...distributionOf(samples[way].map((sample) => sample[key])),
  });
  return [
    row('webhook: message inserted -> entry order received', 'webhook', 'fromInsert'),
    row('webhook: request sent -> entry order received', 'webhook', 'fromPost'),
    row('line of a file: written -> entry order received', 'file', 'fromPost'),
  ];
}

type Way = 'webhook' | 'file';

let listeners = 0;

async function addListener({ api, state }: PostsSystem): Promise<Listener> {
  const name = `posts-${(listeners += 1)}`;
  const path = join(state.root, 'sources', `${name}.jsonl`);
  mkdirSync(dirname(path), { recursive: true });
  const hook = await api.post<HookMade>('/source-hooks', { kind: 'tradingview', handle: name });
  const agent = await api.post<{ id: string }>('/agents', {
    name,
    minConfidence: 0.1,
    maxDriftPct: 50,
    sizeModel: { mode: 'fixedNotional', notionalUsd: '100' },
    sources: [
      { sourceId: hook.sourceId, weight: 100 },
      { kind: 'file', handle: path, weight: 100 },
    ],
  });
  const { walletAddress } = await api.post<{ walletAddress: string }>(`/agents/${agent.id}/deployments`, {
    maxNotionalUsd: '5000',
    maxOpenPositions: 100,
    fundUsdc: '100000',
  });
  // Files of new sources are found by the watcher within seconds.
  await delay(6_000);
  return { wallet: walletAddress.toLowerCase(), url: `${api.url}${hook.path}`, path };
}

async function postOne(
  { db, sandbox }: PostsSystem & { sandbox: SandboxControl },
  { wallet, url, path }: Listener,
  { way, coin }: { way: Way; coin: string },
): Promise<Sample> {
  const text = `Long ${coin}, stop 20%`;
  const startedAt = preciseNow();
  if (way === 'webhook') await fetch(url, { method: 'POST', body: text });
  else appendFileSync(path, `${JSON.stringify({ author: 'bench', text, postedAt: Date.now() })}\n`);
  const order = await until(`the order of "${text}"`, ORDER_TIMEOUT_MS, 10, async () =>
    (await sandbox.orders(startedAt)).find(({ user }) => user === wallet),
  );
  const message = await db.sourceMessage.findFirstOrThrow({ where: { text }, orderBy: { id: 'desc' } });
  return {
    fromInsert: order.receivedAt - message.receivedAt.getTime(),
    fromPost: order.receivedAt - startedAt,
  };
}
