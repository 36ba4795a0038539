import { z } from 'zod';
import { SourceDown } from '../errors.ts';
import { askX, type XAccess } from './api.ts';

/** The events that are subscribed to, for each account. */
const EVENTS = ['post.create', 'post.delete'] as const;

const list = z.object({
  data: z
    .array(
      z.object({
        subscription_id: z.string(),
        event_type: z.string(),
        filter: z.object({ user_id: z.string().optional() }),
      }),
    )
    .default([]),
});

/**
 * Makes the activity stream tell of these accounts and of no other: subscriptions that lack are made, those of events of
 * posts that nobody wants any more are ended.
 */
export async function subscribeTo(
  access: XAccess,
  userIds: readonly string[],
  signal: AbortSignal,
): Promise<void> {
  const ask = (method: 'GET' | 'POST' | 'DELETE', path = '', body?: object) =>
    askX(access, {
      method,
      path: `/2/activity/subscriptions${path}`,
      signal,
      now: Date.now(),
      ...(body && { body }),
    });
  const read = list.safeParse(await ask('GET'));
  if (!read.success) throw new SourceDown('X lists subscriptions in an unknown shape');
  const wanted = new Set(userIds.flatMap((userId) => EVENTS.map((event) => `${event} ${userId}`)));
  for (const { subscription_id: id, event_type: event, filter } of read.data.data) {
    const isOurs = EVENTS.some((each) => each === event) && filter.user_id !== undefined;
    if (isOurs && !wanted.delete(`${event} ${filter.user_id}`)) await ask('DELETE', `/${id}`);
  }
  for (const missing of wanted) {
    const [event, userId] = missing.split(' ');
    await ask('POST', '', { event_type: event, filter: { user_id: userId } });
  }
}
