import { createHash } from 'node:crypto';
import { parseFeed } from '@rowanmanning/feed-parser';
import { SourceDown } from '../errors.ts';
import { plainText } from './plain-text.ts';

/** An item of a feed, oldest first in {@link FeedContent}. */
export interface FeedItem {
  /** What it is known by where nothing else is known of it: its own id, else its link, else its contents. */
  id: string;
  /** What tells that it is an item which had another id before; short hashes. */
  marks: readonly string[];
  author: string | null;
  text: string;
  /** Epoch ms; null where the feed gives none, or none that is a time. */
  publishedAt: number | null;
  url: string | null;
}

export interface FeedContent {
  title: string | null;
  items: readonly FeedItem[];
}

type Parsed = ReturnType<typeof parseFeed>;
type ParsedItem = Parsed['items'][number];

const MAX_ID_LENGTH = 200;
const MAX_URL_LENGTH = 2_000;
/** Of a feed with more items the newest count. */
const MAX_ITEMS = 1_000;
/** A date outside of these was not meant: nobody posted it then. */
const FIRST_DATE = Date.UTC(1990, 0);
const LAST_DATE = Date.UTC(2200, 0);

/** Reads RSS or Atom. Throws `SourceDown` for text that is neither. */
export function readFeed(xml: string): FeedContent {
  try {
    const feed = parseFeed(xml);
    // Feeds begin with the newest item; items of one time keep that order, turned around.
    const items = feed.items
      .map(toItem)
      .filter((item) => item !== null)
      .toReversed();
    return {
      title: feed.title,
      items: items.toSorted(byTime).slice(-MAX_ITEMS),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new SourceDown(`that is no RSS or Atom feed: ${reason.slice(0, 200)}`, { cause: error });
  }
}

/** Items without a time come last, as the newest. */
const byTime = (a: FeedItem, b: FeedItem): number =>
  (a.publishedAt ?? Number.MAX_VALUE) - (b.publishedAt ?? Number.MAX_VALUE);

function timeOf({ published, updated }: ParsedItem): number | null {
  const at = (published ?? updated)?.getTime() ?? null;
  return at !== null && at >= FIRST_DATE && at < LAST_DATE ? at : null;
}

/** Null for an item that says nothing. */
function toItem(item: ParsedItem): FeedItem | null {
  const title = plainText(item.title ?? '');
  const body = plainText(item.content ?? item.description ?? '');
  const text = textOf(title, body);
  if (text === '') return null;
  const url = /^https?:/.test(item.url ?? '') && (item.url ?? '').length <= MAX_URL_LENGTH ? item.url : null;
  const publishedAt = timeOf(item);
  return {
    id: shortId(item.id ?? item.url ?? `${title}\n${publishedAt ?? ''}\n${body}`),
    marks: [
      ...(url === null ? [] : [mark('link', url, title)]),
      mark('text', text, publishedAt === null ? '' : String(publishedAt)),
    ],
    author: item.authors[0]?.name ?? null,
    text,
    publishedAt,
    url,
  };
}

const textOf = (title: string, body: string): string =>
  body.startsWith(title) ? body : [title, body].filter((part) => part !== '').join('\n\n');

const shortId = (id: string): string => (id.length <= MAX_ID_LENGTH ? id : hash(id, 64));
const mark = (...parts: string[]): string => hash(parts.join('\n'), 16);
const hash = (text: string, digits: number): string =>
  createHash('sha256').update(text).digest('hex').slice(0, digits);
