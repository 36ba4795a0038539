import type { DueNotification } from '#domain/notifications/next-message.ts';
import type { Severity } from '#domain/notifications/topics.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { asPlainJson } from './json.ts';
import { ms, timeOrderedId } from './rows.ts';

/** A notification to be told. */
export interface NotificationDraft {
  channelId: string;
  eventId: bigint;
  notice: object;
  severity: Severity;
  dueAt: number;
  isHeld: boolean;
}

const PAGE = 1_000;

/** Writes notifications, one for each event and channel ever. */
export async function queueNotifications(
  db: DatabaseOrTransaction,
  drafts: readonly NotificationDraft[],
): Promise<void> {
  for (let from = 0; from < drafts.length; from += PAGE)
    await db.notification.createMany({
      data: drafts.slice(from, from + PAGE).map(({ notice, dueAt, ...draft }) => ({
        ...draft,
        notice: asPlainJson(notice),
        dueAt: new Date(dueAt),
      })),
      skipDuplicates: true,
    });
}

/** Returns channels for which something is due, or a message is under way, and that are not left alone now. */
export async function listDueChannels(
  db: DatabaseOrTransaction,
  now: number,
  limit: number,
): Promise<string[]> {
  const at = new Date(now);
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id::text FROM notification_channel AS channel
    WHERE status = 'active' AND stop_code IS NULL AND sealed_target IS NOT NULL AND (retry_at IS NULL OR retry_at <= ${at})
      AND (EXISTS (SELECT FROM notification WHERE channel_id = channel.id AND status = 'waiting' AND due_at <= ${at})
        OR EXISTS (SELECT FROM notification_message WHERE channel_id = channel.id AND status = 'sending'))
    LIMIT ${limit}`;
  return rows.map(({ id }) => id);
}

/** Keeps others from planning messages of the channel until the transaction ends. */
export async function lockChannel(tx: DatabaseOrTransaction, channelId: string): Promise<void> {
  await tx.$executeRaw`SELECT FROM notification_channel WHERE id = ${channelId}::uuid FOR UPDATE`;
}

/** Returns the id of the message that is under way to a channel; null for none. */
export async function findOpenMessage(db: DatabaseOrTransaction, channelId: string): Promise<string | null> {
  const row = await db.notificationMessage.findFirst({
    where: { channelId, status: 'sending' },
    select: { id: true },
  });
  return row?.id ?? null;
}

/** Returns what is due for a channel, oldest first, alarms before everything else. */
export async function listDue(
  db: DatabaseOrTransaction,
  { channelId, now, limit }: { channelId: string; now: number; limit: number },
): Promise<DueNotification[]> {
  return db.$queryRaw<DueNotification[]>`
    SELECT id::text, severity, is_held AS "isHeld" FROM notification
    WHERE channel_id = ${channelId}::uuid AND status = 'waiting' AND due_at <= ${new Date(now)}
    ORDER BY severity = 'alarm' DESC, event_id LIMIT ${limit}`;
}

/** Returns when messages were sent to a channel since a time, oldest first, epoch ms. */
export async function listSentTimes(
  db: DatabaseOrTransaction,
  channelId: string,
  since: number,
): Promise<number[]> {
  const rows = await db.notificationMessage.findMany({
    where: { channelId, sentAt: { gt: new Date(since) } },
    orderBy: { sentAt: 'asc' },
    select: { sentAt: true },
  });
  return rows.flatMap(({ sentAt }) => (sentAt ? [ms(sentAt)] : []));
}

/**
 * Puts notifications into a message that is under way from then on; returns its id. A message of one has the id of its
 * notification, so that each attempt to tell it has the same one.
 */
export async function openMessage(
  tx: DatabaseOrTransaction,
  channelId: string,
  { notificationIds, now }: { notificationIds: readonly string[]; now: number },
): Promise<string> {
  const [only = ''] = notificationIds;
  const id = notificationIds.length === 1 ? only : timeOrderedId(now);
  await tx.notificationMessage.upsert({
    where: { id },
    create: { id, channelId },
    update: { status: 'sending', error: null },
  });
  await tx.notification.updateMany({
    where: { id: { in: [...notificationIds] } },
    data: { status: 'sending', messageId: id },
  });
  return id;
}

/** Returns what a message tells, in the order of the events. */
export async function readNotices(
  db: DatabaseOrTransaction,
  messageId: string,
): Promise<{ id: string; notice: unknown }[]> {
  return db.notification.findMany({
    where: { messageId },
    orderBy: { eventId: 'asc' },
    select: { id: true, notice: true },
  });
}

/** How an attempt to send a message ended. */
export type MessageEnd =
  | { is: 'sent'; at: number }
  /** The channel did not take it: it is never told. */
  | { is: 'failed'; error: string }
  /** Its notifications wait again, and may be told with others. */
  | { is: 'released'; error: string };

/** Writes down how an attempt to send a message ended. */
export async function endMessage(tx: DatabaseOrTransaction, id: string, end: MessageEnd): Promise<void> {
  await tx.notificationMessage.update({
    where: { id },
    data: {
      tries: { increment: 1 },
      status: end.is === 'sent' ? 'sent' : 'failed',
      ...(end.is === 'sent' ? { sentAt: new Date(end.at), error: null } : { error: end.error }),
    },
  });
  const released = { status: 'waiting', messageId: null } as const;
  await tx.notification.updateMany({
    where: { messageId: id },
    data: end.is === 'released' ? released : { status: end.is },
  });
}

/** Gives up what a channel could not be told for too long. */
export async function giveUpBefore(
  tx: DatabaseOrTransaction,
  channelId: string,
  before: number,
): Promise<void> {
  await tx.notification.updateMany({
    where: { channelId, status: 'waiting', dueAt: { lt: new Date(before) } },
    data: { status: 'failed' },
  });
}

/** Deletes what was told before a time. */
export async function forgetNotifications(db: DatabaseOrTransaction, before: number): Promise<void> {
  const createdAt = { lt: new Date(before) };
  await db.notification.deleteMany({ where: { createdAt } });
  await db.notificationMessage.deleteMany({ where: { createdAt } });
}
