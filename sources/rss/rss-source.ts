import { createHash } from 'node:crypto';
import { z } from 'zod';
import { SourceInputError } from '../errors.ts';
import {
  NOTHING_DELIVERED,
  type IncomingMessage,
  type PolledSource,
  type PollRequest,
  type PollResult,
} from '../source.ts';
import { parseCursor, remember, type FeedCursor, type KnownItem } from './cursor.ts';
import { decodeFeed } from './decode-feed.ts';
import { fetchFeed, type FetchedFeed, type FetchOptions } from './fetch-feed.ts';
import { isPublicAddress } from '#process/public-address.ts';
import { readFeed, type FeedContent, type FeedItem } from './read-items.ts';

export interface RssSettings {
  /** True where feeds may also come from private networks and from any port: for tests and one's own machine. */
  allowPrivate: boolean;
  /** For one poll; 10 s when not given. */
  timeoutMs?: number;
}

const DEFAULT_TIMEOUT_MS = 10_000;
const MAX_URL_LENGTH = 500;
const MAX_AUTHOR_LENGTH = 200;
/** An answer that counts as fresh for longer is asked for after this time: a call is worth minutes. */
const LONGEST_FLOOR_MS = 10 * 60_000;

/**
 * RSS and Atom feeds; the handle is the URL. A message is an item: its title and its contents, as a reader sees them. An
 * item keeps its id when the feed gives it another, as long as its link and title, or its text and date, stay.
 */
export function createRssSource({ allowPrivate, timeoutMs = DEFAULT_TIMEOUT_MS }: RssSettings): PolledSource {
  const options: FetchOptions = {
    isOpen: allowPrivate ? () => true : isPublicAddress,
    anyPort: allowPrivate,
    timeoutMs,
  };
  return {
    kind: 'rss',
    options: z.strictObject({}),
    secret: 'none',
    period: { defaultMs: 120_000, minMs: 10_000 },
    firstPoll: 'marksSeen',
    parseHandle: (handle) => parseFeedUrl(handle, allowPrivate),
    poll: (request) => pollFeed(request, options),
  };
}

const refuse = (problem: string): SourceInputError => new SourceInputError('/handle', problem);

function parseFeedUrl(handle: string, allowPrivate: boolean): string {
  const url = URL.parse(handle.trim());
  if (!url || !/^https?:$/.test(url.protocol))
    throw refuse('must be the URL of a feed, such as https://example.com/feed.xml');
  if (url.username !== '' || url.password !== '') throw refuse('must have no user and password in it');
  url.hash = '';
  if (url.href.length > MAX_URL_LENGTH) throw refuse(`must have at most ${MAX_URL_LENGTH} characters`);
  if (!allowPrivate) refusePrivateUrl(url);
  return url.href;
}

/** Refuses what can be seen without looking the name up; the rest is seen by the poll. */
function refusePrivateUrl({ hostname, port }: URL): void {
  const host = hostname.replace(/^\[|\]$/g, '');
  const isAddress = /^[\d.]+$|:/.test(host);
  const isPrivate = isAddress ? !isPublicAddress(host) : /(^|\.)(localhost|local|internal)\.?$/.test(host);
  if (isPrivate) throw refuse(`${host} is in a private network; set SIGNALMAN_PRIVATE_FEEDS=true to read it`);
  if (port !== '') throw refuse('must be on port 80 or 443; set SIGNALMAN_PRIVATE_FEEDS=true for others');
}

async function pollFeed(request: PollRequest, options: FetchOptions): Promise<PollResult> {
  const { handle, now, signal } = request;
  const cursor = parseCursor(request.cursor);
  const asked = { url: cursor.url ?? handle, validators: cursor.validators, now, signal };
  const fetched = await fetchFeed(asked, options);
  if (fetched.body === null)
    return { ...NOTHING_DELIVERED, cursor: request.cursor, more: false, ...floor(now, fetched.freshForMs) };
  const feed = readFeed(decodeFeed(fetched.body, fetched.contentType));
  return deliver(request, { cursor, fetched, feed });
}

const floor = (now: number, ms: number): { retryAt?: number } =>
  ms > 0 ? { retryAt: now + Math.min(ms, LONGEST_FLOOR_MS) } : {};

interface ReadFeed {
  cursor: FeedCursor;
  fetched: FetchedFeed;
  feed: FeedContent;
}

/** Delivers what is new or changed, at most `limit` items; the version of the feed counts as read once all of it is. */
function deliver({ handle, limit, now }: PollRequest, { cursor, fetched, feed }: ReadFeed): PollResult {
  const judged = judgeItems(feed.items, cursor.known);
  const due = judged.filter(({ change }) => change !== 'none');
  const taken = new Set(due.slice(0, limit));
  const more = due.length > taken.size;
  const messageOf = toMessage({ now, author: feed.title ?? new URL(handle).host });
  const messages = [...taken].filter(({ change }) => change === 'new').map(messageOf);
  const edits = [...taken].filter(({ change }) => change === 'edited').map(messageOf);
  const read = judged.filter((item) => item.change === 'none' || taken.has(item)).map(({ known }) => known);
  const next: FeedCursor = {
    ...(fetched.url !== handle && { url: fetched.url }),
    validators: more ? {} : fetched.validators,
    known: remember(cursor.known, read),
  };
  return {
    ...NOTHING_DELIVERED,
    messages,
    edits,
    cursor: next,
    more,
    ...(feed.title !== null && { identity: { title: feed.title.slice(0, MAX_AUTHOR_LENGTH) } }),
    ...floor(now, fetched.freshForMs),
  };
}

interface JudgedItem {
  item: FeedItem;
  known: KnownItem;
  change: 'none' | 'new' | 'edited';
}

/** Tells of each item whether it is new; one that is known by a mark has the id that it was delivered under. */
function judgeItems(items: readonly FeedItem[], known: readonly KnownItem[]): JudgedItem[] {
  const byId = new Map(known.map((each) => [each.id, each]));
  const byMark = new Map(known.flatMap((each) => each.marks.map((mark) => [mark, each])));
  const ids = new Set<string>();
  return items.flatMap((item) => {
    const before = byId.get(item.id) ?? item.marks.map((mark) => byMark.get(mark)).find((each) => each);
    const id = before?.id ?? item.id;
    // Two items of one id in a feed are one message.
    if (ids.has(id)) return [];
    ids.add(id);
    const text = createHash('sha256').update(item.text).digest('hex').slice(0, 16);
    const change = before ? (before.text === text ? 'none' : 'edited') : 'new';
    return [{ item, change, known: { id, text, marks: [...item.marks] } }];
  });
}

/** An item without a time counts as published when it was received, and none as published later than that. */
const toMessage =
  ({ now, author }: { now: number; author: string }) =>
  ({ item, known }: JudgedItem): IncomingMessage => ({
    externalId: known.id,
    author: (item.author ?? author).slice(0, MAX_AUTHOR_LENGTH),
    text: item.text,
    postedAt: Math.min(item.publishedAt ?? now, now),
    ...(item.url !== null && { url: item.url }),
  });
