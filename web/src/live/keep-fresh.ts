import type { QueryClient } from '@tanstack/react-query';
import type { Topic } from '../api/queries.ts';
import { tell } from '../ui/toasts.tsx';
import { awaits } from './awaited.ts';
import { heard, lost } from './contact.ts';
import type { Heard, News } from './news.ts';
import { shareStream } from './share-stream.ts';
import { topicsOf } from './topics.ts';

/** How often prices, which are no events, are read again. */
const PRICES_EVERY_MS = 2_000;
/** Rounds of prices after which everything is read again: soon without a stream, late beside one. */
const ROUNDS_ALONE = 3;
const ROUNDS_WITH_STREAM = 15;
/** Least time between two readings that events cause, so that a burst of events is one reading. */
const GATHER_MS = 150;
/** Asked for at venues, out of the budget that trading has: their page says how often. */
const AT_VENUES: Topic = 'accounts';

/** Keeps what the open pages show fresh: by the events of the API, and by asking. Returns what ends it. */
export function keepFresh(client: QueryClient): () => void {
  let hasStream = false;
  const gather = gatherTopics(client);
  const onHeard = (each: Heard): void => {
    hasStream = each.kind !== 'lost' && each.kind !== 'ended';
    if (each.kind === 'news') onNews(each.news, (topics) => gather.add(topics));
    if (each.kind === 'reset') void readAll(client);
    if (each.kind === 'ended') gather.add(['session']);
  };
  const stopStream = shareStream(onHeard);
  const stopAsking = askAgain(client, () => (hasStream ? ROUNDS_WITH_STREAM : ROUNDS_ALONE));
  const stopListening = noteAnswers(client, () => hasStream);
  return () => {
    stopStream();
    stopAsking();
    stopListening();
    gather.stop();
  };
}

function onNews(news: News, add: (topics: readonly Topic[]) => void): void {
  add(topicsOf(news));
  if (news.type === 'settled' && news.tradeId !== null && awaits(news.tradeId))
    tell(`${news.symbol ?? 'The trade'} is closed`, news.text);
}

const readAll = (client: QueryClient): Promise<void> =>
  client.invalidateQueries({
    refetchType: 'active',
    predicate: ({ queryKey: [topic] }) => topic !== AT_VENUES,
  });

/** Gathers topics for a moment, and reads their queries again at once. */
function gatherTopics(client: QueryClient) {
  const topics = new Set<unknown>();
  let timer: ReturnType<typeof setTimeout> | null = null;
  const flush = (): void => {
    timer = null;
    const due = new Set(topics);
    topics.clear();
    void client.invalidateQueries({
      refetchType: 'active',
      predicate: ({ queryKey: [topic] }) => due.has(topic),
    });
  };
  return {
    add(more: readonly Topic[]): void {
      for (const topic of more) topics.add(topic);
      timer ??= setTimeout(flush, GATHER_MS);
    },
    stop: () => void (timer !== null && clearTimeout(timer)),
  };
}

/** Reads positions again every two seconds while the window is seen, and everything after some rounds. */
function askAgain(client: QueryClient, rounds: () => number): () => void {
  let round = 0;
  const look = (): void => {
    if (document.hidden) return;
    round += 1;
    if (round % rounds() === 0) void readAll(client);
    else void client.invalidateQueries({ queryKey: ['trades', '/positions'], refetchType: 'active' });
  };
  const onSeen = (): void => {
    if (!document.hidden) void readAll(client);
  };
  const timer = setInterval(look, PRICES_EVERY_MS);
  document.addEventListener('visibilitychange', onSeen);
  return () => {
    clearInterval(timer);
    document.removeEventListener('visibilitychange', onSeen);
  };
}

/** Notes with each answer that the API was heard of, and with each failure that it was not. */
const noteAnswers = (client: QueryClient, hasStream: () => boolean): (() => void) =>
  client.getQueryCache().subscribe(({ type, query }) => {
    if (type !== 'updated' || query.state.fetchStatus !== 'idle') return;
    if (query.state.status === 'success') heard(hasStream() ? 'stream' : 'asking');
    else if (query.state.fetchFailureCount > 0) lost();
  });
