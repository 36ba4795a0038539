import { addressOf } from '../api/client.ts';
import { readNews, type Heard, type News } from './news.ts';

/** Name of the lock and of the channel that the tabs of a browser share. */
const NAME = 'signalman-events';
/** How long the leading tab waits before it opens a stream that was refused again. */
const AGAIN_MS = 5_000;
/** How often the leading tab tells the others that the stream is open. */
const TOLD_EVERY_MS = 4_000;

/**
 * Hears the events of the API by one stream for all tabs of the browser: the tab that holds a lock listens and hands on
 * what it hears; when it is closed the next one goes on behind the last event. Returns what ends the hearing of this tab.
 */
export function shareStream(onHeard: (heard: Heard) => void): () => void {
  const channel = new BroadcastChannel(NAME);
  const ended = new AbortController();
  let last: string | null = null;
  const take = (heard: Heard): void => {
    if (heard.kind === 'news') last = heard.news.id;
    onHeard(heard);
  };
  channel.addEventListener('message', ({ data }: MessageEvent<Heard>) => take(data));
  const handOn = (heard: Heard): void => {
    take(heard);
    // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a channel reaches its own origin alone
    channel.postMessage(heard);
  };
  const lead = (): Promise<void> => listen({ after: () => last, onHeard: handOn, signal: ended.signal });
  navigator.locks.request(NAME, { signal: ended.signal }, lead).catch(() => undefined);
  return () => {
    ended.abort();
    channel.close();
  };
}

interface Listening {
  /** The event after which a new stream begins. */
  after: () => string | null;
  onHeard: (heard: Heard) => void;
  signal: AbortSignal;
}

/** Listens until it is ended; a stream that the API closed for good is opened again after a while. */
async function listen(listening: Listening): Promise<void> {
  const { signal, onHeard } = listening;
  let isOpen = false;
  const telling = setInterval(() => void (isOpen && onHeard({ kind: 'open' })), TOLD_EVERY_MS);
  while (!signal.aborted) {
    await oneStream({ ...listening, onOpen: (open) => void (isOpen = open) });
    isOpen = false;
    if (!signal.aborted) await wait(AGAIN_MS, signal);
  }
  clearInterval(telling);
}

/** Hears one stream to its end. Short losses of the connection are made up for by the browser. */
function oneStream({
  after,
  onHeard,
  signal,
  onOpen,
}: Listening & { onOpen: (isOpen: boolean) => void }): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const source = new EventSource(addressOf('/events', { after: after() ?? undefined }));
  const end = (): void => {
    source.close();
    resolve();
  };
  const onNews =
    (about: News['about']) =>
    ({ data }: MessageEvent<string>): void => {
      const news = readNews(about, data);
      if (news) onHeard({ kind: 'news', news });
    };
  source.addEventListener('open', () => {
    onOpen(true);
    onHeard({ kind: 'open' });
  });
  source.addEventListener('trade', onNews('trade'));
  source.addEventListener('system', onNews('system'));
  source.addEventListener('reset', () => onHeard({ kind: 'reset' }));
  source.addEventListener('ended', () => {
    onHeard({ kind: 'ended' });
    end();
  });
  source.addEventListener('error', () => {
    onOpen(false);
    onHeard({ kind: 'lost' });
    if (source.readyState === EventSource.CLOSED) end();
  });
  signal.addEventListener('abort', end, { once: true });
  return promise;
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, ms);
  signal.addEventListener(
    'abort',
    () => {
      clearTimeout(timer);
      resolve();
    },
    { once: true },
  );
  return promise;
}
