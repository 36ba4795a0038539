import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { Database } from '#prisma/client.ts';
import { until } from '../until.ts';
import type { PostsSystem } from './posts.ts';

/** What people post that is no call, and what looks like one. */
const TEXTS = [
  'gm everyone, quiet day',
  'BTC looks heavy below 60k, waiting for a retest of the range low before doing anything',
  'Took profit on my ETH long from last week, +4R',
  'Reminder: funding flips at midnight, size accordingly',
  'If SOL closes above 200 on the daily I will think about a long, not before',
];
const TIMEOUT_MS = 30 * 60_000;

export interface MessageRates {
  count: number;
  storedPerSecond: number;
  judgedPerSecond: number;
}

/** Writes messages into a file at once, and waits until all of them are stored, classified and evaluated. */
export async function measureMessages({ api, db, state }: PostsSystem, count: number): Promise<MessageRates> {
  const path = join(state.root, 'sources', 'messages.jsonl');
  mkdirSync(dirname(path), { recursive: true });
  await api.post('/agents', { name: 'messages', sources: [{ kind: 'file', handle: path, weight: 100 }] });
  const { id } = await db.sourceAccount.findFirstOrThrow({ where: { handle: path } });
  writeFileSync(path, Array.from({ length: count }, toLine).join(''));
  const startedAt = performance.now();
  const stored = await secondsUntil(db, startedAt, { sourceAccountId: id }, count);
  const waiting = { sourceAccountId: id, evaluatedAt: { not: null } };
  const judged = await secondsUntil(db, startedAt, waiting, count);
  return { count, storedPerSecond: count / stored, judgedPerSecond: count / judged };
}

function toLine(_: unknown, at: number): string {
  const text = `${TEXTS[at % TEXTS.length]} (${at})`;
  return `${JSON.stringify({ author: 'bench', text, postedAt: Date.now() })}\n`;
}

async function secondsUntil(
  db: Database,
  startedAt: number,
  where: { sourceAccountId: string; evaluatedAt?: { not: null } },
  count: number,
): Promise<number> {
  await until(`${count} messages`, TIMEOUT_MS, 100, async () =>
    (await db.sourceMessage.count({ where })) >= count ? true : null,
  );
  return (performance.now() - startedAt) / 1000;
}
