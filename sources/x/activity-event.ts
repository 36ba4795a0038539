import { z } from 'zod';
import { parseJson } from '#process/parse-json.ts';
import { rawIncludes, rawPost, readPost, usernameOf, type XPost } from './post.ts';

/** What the activity stream tells. */
export type ActivityEvent =
  | { type: 'created'; userId: string; post: XPost; username: string | null }
  | { type: 'deleted'; userId: string; postId: string };

const id = z.string().regex(/^\d{1,19}$/);

/** The envelope of the activity stream. Source: x-api/activity/event-payloads.mdx of xdevplatform/docs. */
const created = z.object({
  event_type: z.literal('post.create'),
  filter: z.object({ user_id: id }),
  payload: rawPost,
  includes: rawIncludes.optional(),
});
const deleted = z.object({
  event_type: z.literal('post.delete'),
  filter: z.object({ user_id: id }),
  payload: z.object({ id }),
});
const line = z.object({ data: z.discriminatedUnion('event_type', [created, deleted]) });

/** Reads a line of the stream; null for one that is no event of a post. */
export function readActivityLine(text: string): ActivityEvent | null {
  const read = line.safeParse(parseJson(text));
  if (!read.success) return null;
  const { data } = read.data;
  const userId = data.filter.user_id;
  if (data.event_type === 'post.delete') return { type: 'deleted', userId, postId: data.payload.id };
  const { payload, includes = {} } = data;
  return {
    type: 'created',
    userId,
    post: readPost(payload, includes),
    username: usernameOf(userId, includes),
  };
}
