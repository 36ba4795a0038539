import type { ApiClient } from '#api/client.ts';
import type { Follower } from './follower.ts';
import type { Published } from './publish-posts.ts';
import { isSettled, linesRead, liveTrades } from './run-state.ts';

export interface ClosedRest {
  tradeIds: ReadonlySet<string>;
  /** What could not be closed, a sentence each. */
  failures: string[];
}

const CLOSE_WITHIN_MS = 30_000;

/** Has every trade that is still live closed, and waits until all are settled and billed. */
export async function closeRest(
  api: ApiClient,
  follower: Follower,
  published: Published,
  note: string,
): Promise<ClosedRest> {
  const deadline = Date.now() + CLOSE_WITHIN_MS;
  const asked = new Set<string>();
  return follower.until(async (books) => {
    const live = liveTrades(books);
    for (const { id } of live) {
      if (asked.has(id)) continue;
      // What cannot be asked now, while the API is started again or the trade ends by itself, is asked at the next look.
      const isTaken = await api.post(`/trades/${id}/close`, { note }).then(
        () => true,
        () => false,
      );
      if (isTaken) asked.add(id);
    }
    if (isSettled(books, published)) return { tradeIds: asked, failures: [] };
    if (Date.now() < deadline) return null;
    const seconds = CLOSE_WITHIN_MS / 1_000;
    const unread = published.lines.size - linesRead(books);
    const left = live.map(({ symbol, side }) => `${symbol} ${side} did not close within ${seconds} s`);
    if (unread > 0) left.push(`no source has read ${unread} of the ${published.lines.size} posts`);
    return {
      tradeIds: asked,
      failures: left.length > 0 ? left : [`not everything was settled within ${seconds} s`],
    };
  });
}
