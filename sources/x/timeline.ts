import { z } from 'zod';
import { SourceDown } from '../errors.ts';
import { askX, type XAccess, type XRequest } from './api.ts';
import { InvalidXRequest, toMissingAccountError } from './failure.ts';
import { rawIncludes, rawPost, readPost, usernameOf, type RawIncludes, type XPost } from './post.ts';

/** The two families of names that fields have; `tweet` in all prose and examples, `post` in the OpenAPI document. */
export type FieldFamily = 'tweet' | 'post';

export interface TimelineRequest extends Pick<XRequest, 'signal' | 'now'> {
  userId: string;
  /** Posts after this one; null reads the newest. */
  sinceId: string | null;
  /** From an earlier page. */
  pageToken: string | null;
  /** Kinds that are left out, as `exclude` takes them. */
  exclude: string | null;
  /** 5 to 100. */
  limit: number;
  family: FieldFamily;
}

export interface TimelinePage {
  /** Newest first, as they come. */
  posts: XPost[];
  /** Posts that were returned and cannot be read, by their ids or places. */
  malformed: { externalId: string; problem: string }[];
  /** Posts returned, which is what X charges for. */
  reads: number;
  newestId: string | null;
  nextToken: string | null;
  /** The name that the account has now; null where the page does not say. */
  username: string | null;
}

const FIELDS: Readonly<Record<FieldFamily, readonly string[]>> = {
  tweet: ['note_tweet', 'referenced_tweets'],
  post: ['note_post', 'referenced_posts'],
};
const SHARED_FIELDS = ['author_id', 'created_at', 'in_reply_to_user_id'];
const EXPANSIONS: Readonly<Record<FieldFamily, string>> = {
  tweet: 'author_id,referenced_tweets.id,referenced_tweets.id.author_id',
  post: 'author_id,referenced_posts.id,referenced_posts.id.author_id',
};

const answer = z.object({
  data: z.array(z.unknown()).optional(),
  includes: rawIncludes.optional(),
  errors: z.array(z.unknown()).optional(),
  meta: z
    .object({
      newest_id: z.string().optional(),
      next_token: z.string().optional(),
      result_count: z.number().optional(),
    })
    .optional(),
});

/**
 * Returns one page of an account's posts, newest first. Throws a `SourceError`, or `InvalidXRequest` for a parameter
 * that X does not take.
 */
export async function readTimeline(access: XAccess, request: TimelineRequest): Promise<TimelinePage> {
  const { userId, sinceId, pageToken, exclude, limit, family, signal, now } = request;
  const body = await askX(access, {
    path: `/2/users/${userId}/tweets`,
    query: {
      max_results: String(limit),
      [`${family}.fields`]: [...SHARED_FIELDS, ...FIELDS[family]].join(','),
      'user.fields': 'username',
      expansions: EXPANSIONS[family],
      ...(sinceId !== null && { since_id: sinceId }),
      ...(pageToken !== null && { pagination_token: pageToken }),
      ...(exclude !== null && { exclude }),
    },
    signal,
    now,
  });
  const read = answer.safeParse(body);
  if (!read.success) throw new SourceDown('X answers with a timeline in an unknown shape');
  return toPage(read.data, userId);
}

function toPage({ data, includes = {}, errors = [], meta }: z.output<typeof answer>, userId: string) {
  // An empty page has neither posts nor errors, and says how many posts there are.
  if (!data && meta?.result_count === undefined) throw toMissingAccountError(errors);
  const page: TimelinePage = {
    posts: [],
    malformed: [],
    reads: data?.length ?? 0,
    newestId: meta?.newest_id ?? null,
    nextToken: meta?.next_token ?? null,
    username: usernameOf(userId, includes),
  };
  for (const each of data ?? []) addPost(page, each, includes);
  return page;
}

function addPost(page: TimelinePage, raw: unknown, includes: RawIncludes): void {
  const read = rawPost.safeParse(raw);
  if (read.success) {
    page.posts.push(readPost(read.data, includes));
    return;
  }
  const { id } = z.object({ id: z.coerce.string() }).catch({ id: '' }).parse(raw);
  const [issue] = read.error.issues;
  page.malformed.push({
    externalId: id === '' ? `unreadable/${page.newestId}/${page.malformed.length}` : id,
    problem: `a post of X in an unknown shape: ${issue?.path.join('.')}: ${issue?.message}`,
  });
}

/**
 * Runs a request in the family of names that X takes: where it does not take one, the other is tried, and kept.
 */
export function createFamilyChoice() {
  let family: FieldFamily = 'tweet';
  return async <Result>(run: (family: FieldFamily) => Promise<Result>): Promise<Result> => {
    try {
      return await run(family);
    } catch (error) {
      if (!(error instanceof InvalidXRequest) || !error.names(`${family}.fields`)) throw error;
      const other = family === 'tweet' ? 'post' : 'tweet';
      const result = await run(other);
      family = other;
      return result;
    }
  };
}
