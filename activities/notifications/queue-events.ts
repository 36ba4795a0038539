import { dueTimeOf } from '#domain/notifications/due-time.ts';
import { SEVERITIES, toldOf, type Severity, type Told } from '#domain/notifications/topics.ts';
import { inTransaction, type Database } from '#prisma/client.ts';
import { readEvents, type FeedEvent } from '#prisma/repositories/event-feed.ts';
import { moveReader, takeReader } from '#prisma/repositories/event-readers.ts';
import { listToldChannels, type ChannelRecord } from '#prisma/repositories/notification-channels.ts';
import { queueNotifications, type NotificationDraft } from '#prisma/repositories/notifications.ts';

/** The name under which the outbox is read for notifications. */
const READER = 'notifications';
/** Events read in one transaction. */
const PAGE = 1_000;
/** What is older is not told any more: it was an outage of days. */
const MAX_AGE_MS = 3 * 24 * 60 * 60 * 1000;

/**
 * Writes notifications for the events that came since it was last called, one for each channel that is to hear of
 * them. Returns whether there may be more; false as well while another process does it.
 */
export const queueEvents = (db: Database, now: number): Promise<{ more: boolean }> =>
  inTransaction(db, async (tx) => {
    const after = await takeReader(tx, READER);
    if (!after) return { more: false };
    const events = await readEvents(tx, { after, limit: PAGE });
    const last = events.at(-1);
    if (!last) return { more: false };
    const channels = await listToldChannels(tx);
    const fresh = events.filter(({ at }) => at > now - MAX_AGE_MS);
    await queueNotifications(
      tx,
      fresh.flatMap((event) => toDrafts(event, channels, now)),
    );
    await moveReader(tx, READER, last);
    return { more: events.length === PAGE };
  });

function toDrafts(event: FeedEvent, channels: readonly ChannelRecord[], now: number): NotificationDraft[] {
  const told = toldOf(event);
  if (!told) return [];
  const notice = toNotice(event, told);
  return channels
    .filter((channel) => isFor(channel, event, told))
    .map((channel) => ({
      channelId: channel.id,
      eventId: event.id,
      notice,
      severity: told.severity,
      ...dueTimeOf(told, channel, now),
    }));
}

const rank = (severity: Severity): number => SEVERITIES.indexOf(severity);

const isFor = (channel: ChannelRecord, { userIds }: FeedEvent, { topic, severity }: Told): boolean =>
  (userIds === null || userIds.includes(channel.userId)) &&
  channel.topics.includes(topic) &&
  rank(severity) >= rank(channel.minSeverity);

const toNotice = (
  { type, text, at, tradeId, symbol, venue, agent, deploymentId, data }: FeedEvent,
  { topic, severity, title }: Told,
) => {
  const about = [agent, symbol].filter((part) => part !== null).join(' ');
  return {
    topic,
    severity,
    type,
    title: about === '' ? title : `${title}: ${about}`,
    // The heading says that it is one.
    text: text.replace(/^ALARM: /, ''),
    at,
    data: { ...data, tradeId, symbol, venue, agent, deploymentId },
  };
};
