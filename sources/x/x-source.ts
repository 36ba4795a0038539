import { amount, decimalString, type DecimalString } from '#domain/money.ts';
import { SourceBusy, SourceBlocked } from '../errors.ts';
import type { ListenedAccount, ListeningSource, ListenRequest } from '../listening.ts';
import type { IncomingMessage, PolledSource, PollRequest, PollResult, SourceIdentity } from '../source.ts';
import { NOTHING_DELIVERED } from '../source.ts';
import { hearActivity } from './activity-stream.ts';
import type { XAccess } from './api.ts';
import { parseXCursor, type XCursor } from './cursor.ts';
import { InvalidXRequest } from './failure.ts';
import { excludedKinds, isWanted, parseXHandle, xOptions, type XOptions } from './options.ts';
import type { XPost } from './post.ts';
import { firstIdAt, isOlder } from './snowflake.ts';
import { createFamilyChoice, readTimeline, type TimelinePage } from './timeline.ts';
import { findUser } from './users.ts';
import { messageOf } from './x-message.ts';

export interface XSettings {
  /** Null where no token is configured: X sources then say so. */
  access: XAccess | null;
  /** Whether posts are heard over the activity stream between polls. */
  isStreamed: boolean;
  /** A stream that is silent for so long counts as cut, in ms; 30 s when not given. */
  silentForMs?: number;
  /** Price of one post that is read, and of one look-up of an account, in USD. */
  prices: { readUsd: DecimalString; lookUpUsd: DecimalString };
}

const MINUTE_MS = 60_000;
const SILENT_FOR_MS = 30_000;
/** What the API allows a page to hold. */
const SMALLEST_PAGE = 5;
const LARGEST_PAGE = 100;

/**
 * Posts of accounts on X by their timelines. The first poll reads the five newest posts and marks the place; each later
 * one reads what came after it, page by page, and costs what X charges for each post that it returns.
 */
export function createXSource(settings: XSettings): PolledSource<XOptions> & ListeningSource<XOptions> {
  const { access, prices, isStreamed, silentForMs = SILENT_FOR_MS } = settings;
  const inFamily = createFamilyChoice();

  async function poll(request: PollRequest<XOptions>): Promise<PollResult> {
    const granted = requireAccess(access);
    const found = request.externalId === null ? await findUser(granted, request.handle, request) : null;
    const userId = found?.id ?? String(request.externalId);
    const cursor = parseXCursor(request.cursor);
    const limit = pageSize(request, cursor);
    const page = await readPage(granted, { request, userId, cursor, limit });
    const name = page.username ?? found?.username;
    return {
      ...toDelivery(page, request, name ?? request.handle),
      ...nextCursor(cursor, page, request.now),
      identity: identityOf(userId, name),
      spent: {
        reads: page.reads,
        usd: cost({ posts: page.reads, lookUps: found ? 1 : 0 }, prices),
      },
    };
  }

  /** A token that X no longer takes has expired: the pages are read from their beginning. */
  async function readPage(
    granted: XAccess,
    {
      request,
      userId,
      cursor,
      limit,
    }: { request: PollRequest<XOptions>; userId: string; cursor: XCursor | null; limit: number },
  ): Promise<TimelinePage> {
    const { signal, now, options } = request;
    const read = (pageToken: string | null) =>
      inFamily((family) =>
        readTimeline(granted, {
          userId,
          sinceId: cursor?.sinceId ?? null,
          pageToken,
          exclude: excludedKinds(options),
          limit,
          family,
          signal,
          now,
        }),
      );
    const token = cursor?.reading?.pageToken ?? null;
    try {
      return await read(token);
    } catch (error) {
      if (token === null || !(error instanceof InvalidXRequest)) throw error;
      return read(null);
    }
  }

  return {
    kind: 'x',
    options: xOptions,
    secret: 'none',
    period: { defaultMs: 5 * MINUTE_MS, minMs: 1_000 },
    firstPoll: 'marksSeen',
    parseHandle: parseXHandle,
    poll,
    // A connection can tell of accounts by their ids only, which their first poll finds.
    connectionOf: ({ externalId }: ListenedAccount) =>
      isStreamed && access && externalId !== null ? 'activity stream' : null,
    listen: (request: ListenRequest<XOptions>) =>
      hearActivity(requireAccess(access), { ...request, silentForMs }),
  };
}

/** Returns the access to X. Throws `SourceBlocked` where no token is configured. */
export function requireAccess(access: XAccess | null): XAccess {
  if (access) return access;
  throw new SourceBlocked('x_not_configured', 'no token for X is configured: set X_BEARER_TOKEN');
}

/**
 * Returns how many posts to ask for. A source whose place is not known yet asks for few, one whose cursor was lost for a
 * whole page. Throws `SourceBusy` when the budget does not hold the smallest page.
 */
function pageSize({ limit, readsLeft, externalId, now }: PollRequest, cursor: XCursor | null): number {
  const wanted = cursor === null && externalId === null ? SMALLEST_PAGE : Math.min(limit, LARGEST_PAGE);
  const affordable = Math.min(wanted, readsLeft ?? Infinity);
  if (affordable >= SMALLEST_PAGE) return affordable;
  throw new SourceBusy(
    `the monthly budget has ${readsLeft} reads left, and X returns ${SMALLEST_PAGE} posts or more at once`,
    startOfNextMonth(now),
  );
}

const startOfNextMonth = (now: number): number => {
  const at = new Date(now);
  return Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 1);
};

/** Returns the posts of a page, oldest first, without those that the options leave out. */
function toDelivery({ posts, malformed }: TimelinePage, { options }: PollRequest<XOptions>, name: string) {
  const wanted = posts.filter((post) => isWanted(post, options)).toReversed();
  const toMessage = (post: XPost): IncomingMessage => messageOf(post, name);
  return {
    ...NOTHING_DELIVERED,
    messages: wanted.filter(({ isEdit }) => !isEdit).map(toMessage),
    edits: wanted.filter(({ isEdit }) => isEdit).map(toMessage),
    malformed,
  };
}

/** Pages come newest first: the place moves on when the last one has been read. */
function nextCursor(
  cursor: XCursor | null,
  page: TimelinePage,
  now: number,
): { cursor: XCursor; more: boolean } {
  const newestId = newestOf([cursor?.reading?.newestId, page.newestId, cursor?.sinceId]) ?? firstIdAt(now);
  if (cursor !== null && page.nextToken !== null)
    return {
      cursor: { sinceId: cursor.sinceId, reading: { newestId, pageToken: page.nextToken } },
      more: true,
    };
  return { cursor: { sinceId: newestId, reading: null }, more: false };
}

/** Returns the latest of the ids that are there; null without any. */
function newestOf(ids: readonly (string | null | undefined)[]): string | null {
  const known = ids.filter((id) => id !== null && id !== undefined);
  return known.reduce<string | null>(
    (newest, id) => (newest === null || isOlder(newest, id) ? id : newest),
    null,
  );
}

const identityOf = (externalId: string, username: string | undefined): SourceIdentity => ({
  externalId,
  ...(username !== undefined && { title: `@${username}` }),
});

function cost(
  { posts, lookUps }: { posts: number; lookUps: number },
  { readUsd, lookUpUsd }: XSettings['prices'],
): DecimalString {
  return decimalString(amount(readUsd).times(posts).plus(amount(lookUpUsd).times(lookUps)));
}
