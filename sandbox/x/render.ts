import type { Account, ActivityEvent, Platform, Post } from './platform.ts';

/** The two families of field names: the OpenAPI document of 2026-08-07 renamed `tweet` to `post`. */
export type Family = 'tweet' | 'post';

const NAMES = {
  tweet: {
    note: 'note_tweet',
    referenced: 'referenced_tweets',
    history: 'edit_history_tweet_ids',
    included: 'tweets',
  },
  post: {
    note: 'note_post',
    referenced: 'referenced_posts',
    history: 'edit_history_post_ids',
    included: 'posts',
  },
} as const;

const SHOWN_CHARACTERS = 280;
const REPOST_CHARACTERS = 140;

/** Returns a post in the fields that the API sends without being asked, and those in `fields`. */
export function renderPost(
  platform: Platform,
  post: Post,
  { family, fields }: { family: Family; fields: ReadonlySet<string> },
) {
  const names = NAMES[family];
  const all = {
    id: post.id,
    text: shownText(platform, post),
    [names.history]: post.history,
    author_id: post.authorId,
    created_at: new Date(post.createdAtMs).toISOString(),
    conversation_id: post.reference?.type === 'replied_to' ? post.reference.id : post.history[0],
    lang: 'en',
    ...(post.reference && { [names.referenced]: [post.reference] }),
    ...(isReply(post) && { in_reply_to_user_id: platform.posts.get(post.reference?.id ?? '')?.authorId }),
    ...(post.reference?.type !== 'retweeted' &&
      post.text.length > SHOWN_CHARACTERS && { [names.note]: { text: post.text } }),
    edit_controls: {
      edits_remaining: 6 - post.history.length,
      is_edit_eligible: post.reference === null,
      editable_until: new Date(post.createdAtMs + 1_800_000).toISOString(),
    },
  };
  const always = ['id', 'text', names.history];
  return Object.fromEntries(
    Object.entries(all).filter(([field]) => always.includes(field) || fields.has(field)),
  );
}

const isReply = ({ reference }: Post): boolean => reference?.type === 'replied_to';

/** A long post is cut at 280 characters, a repost at 140 after its `RT @name: `. */
function shownText(platform: Platform, { text, reference }: Post): string {
  if (reference?.type !== 'retweeted') return cut(text, SHOWN_CHARACTERS);
  const original = platform.posts.get(reference.id);
  const name = platform.accounts.get(original?.authorId ?? '')?.username ?? 'unknown';
  return cut(`RT @${name}: ${original?.text ?? text}`, REPOST_CHARACTERS);
}

const cut = (text: string, length: number): string =>
  text.length <= length ? text : `${text.slice(0, length - 1)}…`;

export const renderUser = ({ id, username, isProtected }: Account) => ({
  id,
  name: username,
  username,
  protected: isProtected,
});

/** Returns the objects that posts refer to, and an error for each that is gone. */
export function renderIncludes(
  platform: Platform,
  posts: readonly Post[],
  look: { family: Family; fields: ReadonlySet<string> },
) {
  const wanted = posts.flatMap(({ reference }) => (reference ? [reference.id] : []));
  const found = wanted.flatMap((id) => platform.posts.get(id) ?? []);
  const authors = new Set([...posts, ...found].map(({ authorId }) => authorId));
  const users = [...authors].flatMap((id) => platform.accounts.get(id) ?? []);
  return {
    includes: {
      users: users.map(renderUser),
      ...(found.length > 0 && {
        [NAMES[look.family].included]: found.map((post) => renderPost(platform, post, look)),
      }),
    },
    errors: wanted.filter((id) => !platform.posts.has(id)).map(goneError),
  };
}

const goneError = (id: string) => ({
  value: id,
  detail: `Could not find tweet with referenced_tweets.id: [${id}].`,
  title: 'Not Found Error',
  resource_type: 'tweet',
  parameter: 'referenced_tweets.id',
  resource_id: id,
  type: 'https://api.twitter.com/2/problems/resource-not-found',
});

const EVENT_FIELDS = new Set([
  'author_id',
  'created_at',
  'conversation_id',
  'lang',
  'referenced_tweets',
  'note_tweet',
  'edit_controls',
  'in_reply_to_user_id',
]);

/** Returns an event of the activity stream, whose payload keeps the names of `tweet`. */
export function renderEvent(platform: Platform, { type, uuid, userId, post }: ActivityEvent) {
  const look = { family: 'tweet' as const, fields: EVENT_FIELDS };
  const payload =
    type === 'post.create' ? renderPost(platform, post, look) : { id: post.id, author_id: post.authorId };
  const { includes } = renderIncludes(platform, [post], look);
  return { data: { event_uuid: uuid, filter: { user_id: userId }, event_type: type, payload, includes } };
}
