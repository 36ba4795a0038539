import { z } from 'zod';
import { timeOf } from './snowflake.ts';

/**
 * A post as the API v2 returns it. Since 2026-08-07 its OpenAPI document names some fields by `post` that the servers
 * and the streams name by `tweet`, so both names are read (xdevplatform/docs, openapi.json 2.167).
 */
const id = z.string().regex(/^\d{1,19}$/);
const note = z.object({ text: z.string() });
const reference = z.object({ type: z.string(), id });

export const rawPost = z.object({
  id,
  text: z.string(),
  author_id: id.optional(),
  in_reply_to_user_id: id.optional(),
  note_tweet: note.optional(),
  note_post: note.optional(),
  referenced_tweets: z.array(reference).optional(),
  referenced_posts: z.array(reference).optional(),
  edit_history_tweet_ids: z.array(id).optional(),
  edit_history_post_ids: z.array(id).optional(),
});
type RawPost = z.output<typeof rawPost>;

const user = z.object({ id, username: z.string() });

/** Objects that posts refer to; one that cannot be read is as good as absent. */
export const rawIncludes = z.object({
  users: z.array(user.or(z.unknown())).optional(),
  tweets: z.array(rawPost.or(z.unknown())).optional(),
  posts: z.array(rawPost.or(z.unknown())).optional(),
});
export type RawIncludes = z.output<typeof rawIncludes>;

export type PostKind = 'post' | 'quote' | 'reply' | 'repost';

/** A post in one shape. */
export interface XPost {
  /** The id of this version. */
  id: string;
  /** The id of its first version, which stays over edits. */
  firstId: string;
  isEdit: boolean;
  kind: PostKind;
  /** True for a reply of the author to a post of their own. */
  isOwnThread: boolean;
  authorId: string | null;
  /** The whole text; of a repost `RT @name: ` and the whole text that it repeats. */
  text: string;
  /** Epoch ms of the first version. */
  postedAt: number;
}

/** Returns a post in one shape, with what it refers to read from `includes`. */
export function readPost(raw: RawPost, includes: RawIncludes = {}): XPost {
  const references = raw.referenced_tweets ?? raw.referenced_posts ?? [];
  const history = raw.edit_history_tweet_ids ?? raw.edit_history_post_ids ?? [];
  const [firstId = raw.id] = history;
  const kind = kindOf(references.map(({ type }) => type));
  const repeated = references.find(({ type }) => type === 'retweeted' || type === 'reposted');
  return {
    id: raw.id,
    firstId,
    isEdit: firstId !== raw.id,
    kind,
    isOwnThread: raw.author_id !== undefined && raw.in_reply_to_user_id === raw.author_id,
    authorId: raw.author_id ?? null,
    text: (repeated && textOfRepost(repeated.id, includes)) ?? wholeText(raw),
    postedAt: timeOf(firstId),
  };
}

/** A reply that quotes is a reply. */
function kindOf(types: readonly string[]): PostKind {
  if (types.includes('retweeted') || types.includes('reposted')) return 'repost';
  if (types.includes('replied_to')) return 'reply';
  return types.includes('quoted') ? 'quote' : 'post';
}

/** `text` of a long post is its first 280 characters; the note has all of it. */
const wholeText = ({ text, note_tweet, note_post }: RawPost): string =>
  (note_tweet ?? note_post)?.text ?? text;

/** The text of a repost is cut; the post that it repeats has all of it. Null where that is not included. */
function textOfRepost(originalId: string, includes: RawIncludes): string | null {
  const original = [...(includes.tweets ?? []), ...(includes.posts ?? [])]
    .map((each) => rawPost.safeParse(each).data)
    .find((each) => each?.id === originalId);
  if (!original) return null;
  const name = original.author_id === undefined ? null : usernameOf(original.author_id, includes);
  return `RT @${name ?? 'unknown'}: ${wholeText(original)}`;
}

/** Returns the name that an account has now; null where it is not included. */
export function usernameOf(userId: string, includes: RawIncludes): string | null {
  for (const each of includes.users ?? []) {
    const read = user.safeParse(each);
    if (read.success && read.data.id === userId) return read.data.username;
  }
  return null;
}
