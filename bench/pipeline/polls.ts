import { setTimeout as delay } from 'node:timers/promises';
import { startFeedServer, type FeedServer, type SeenRequest } from '#sandbox/rss/feed-server.ts';
import { triggerSchedule } from '#temporal/schedule-control.ts';
import { distributionOf, type Distribution } from '../statistics.ts';
import type { PostsSystem } from './posts.ts';

const ENTRIES = 20;
/** Feeds are spread over their period as those that were added one by one are. */
const START_AFTER_MS = 5_000;

export interface PollRates {
  sources: number;
  periodMs: number;
  pollsPerSecond: number;
  /** How much later than its period a poll came, in ms. */
  late: Distribution;
}

/** Adds feeds, of which every tenth publishes something each round, and watches when each is asked for. */
export async function measurePolls(
  { db, temporal }: PostsSystem,
  { sources, period, rounds }: { sources: number; period: number; rounds: number },
): Promise<PollRates> {
  const server = await startFeedServer();
  const periodMs = period * 1000;
  try {
    for (let at = 0; at < sources; at += 1) publish(server, at, 1);
    const startAt = Date.now() + START_AFTER_MS;
    await db.sourceAccount.createMany({
      data: Array.from({ length: sources }, (_, at) => ({
        kind: 'rss' as const,
        handle: `${server.url}${pathOf(at)}`,
        periodMs,
        nextPollAt: new Date(startAt + (at * periodMs) / sources),
      })),
    });
    await triggerSchedule(temporal, 'poll-rss');
    for (let round = 2; round <= rounds + 1; round += 1) {
      await delay(periodMs);
      for (let at = 0; at < sources; at += 10) publish(server, at, round);
    }
    await delay(START_AFTER_MS);
    const measured = server.requests.filter(({ at }) => at >= startAt);
    const lateness = latenessOf(measured, periodMs);
    const seconds = ((measured.at(-1)?.at ?? startAt) - startAt) / 1000;
    return { sources, periodMs, pollsPerSecond: measured.length / seconds, late: distributionOf(lateness) };
  } finally {
    await db.sourceAccount.updateMany({ where: { kind: 'rss' }, data: { status: 'archived' } });
    await server.close();
  }
}

const pathOf = (at: number): string => `/${at}.xml`;

/** Publishes the newest entries of a feed in a round, newest first. */
function publish(server: FeedServer, at: number, round: number): void {
  const numbers = Array.from({ length: ENTRIES }, (_, back) => round * ENTRIES - back);
  const entries = numbers.map((number) => ({
    title: `Note ${number} of feed ${at}`,
    guid: `${at}/${number}`,
  }));
  server.publish(pathOf(at), entries);
}

/** Returns by how much each request but a feed's first came later than its period after the one before. */
function latenessOf(requests: readonly SeenRequest[], periodMs: number): number[] {
  const before = new Map<string, number>();
  return requests.flatMap(({ path, at }) => {
    const last = before.get(path);
    before.set(path, at);
    return last === undefined ? [] : [at - last - periodMs];
  });
}
