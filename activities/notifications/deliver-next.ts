import type { Logger } from '#observability/logger.ts';
import { MESSAGES_A_MINUTE, nextMessage, type DueNotification } from '#domain/notifications/next-message.ts';
import { inTransaction, type Database } from '#prisma/client.ts';
import { fromJson } from '#prisma/repositories/json.ts';
import { getChannel, type ChannelRecord } from '#prisma/repositories/notification-channels.ts';
import {
  findOpenMessage,
  giveUpBefore,
  listDue,
  listSentTimes,
  lockChannel,
  openMessage,
  readNotices,
} from '#prisma/repositories/notifications.ts';
import type { SealingKey } from '#process/sealed-text.ts';
import type { Message, Notice, Notifier, Notifiers } from '#notifiers/notifier.ts';
import { openTarget } from '#notifiers/secret.ts';
import { concludeFailure, concludeSent } from './conclude.ts';

export interface DeliveryDeps {
  db: Database;
  notifiers: Notifiers;
  /** Open the addresses of channels. */
  channelKeys: readonly SealingKey[];
  logger: Logger;
  now: () => number;
}

/** What was done, and what comes next: another message at once, or after a pause in ms. */
export interface Delivered {
  more: boolean;
  waitMs?: number;
}

const MINUTE_MS = 60_000;
/** What could not be told for as long is never told. */
const GIVE_UP_MS = 3 * 24 * 60 * MINUTE_MS;
/** Longest pause before the channel is looked at again, so that an alarm is told soon. */
const MAX_PAUSE_MS = 5_000;

/**
 * Sends the next message of a channel, if one is due. Run again after its process died, it sends the message that was
 * under way anew, under its id. That a channel fails is written down with the time it is tried again, and thrown by
 * nobody.
 */
export async function deliverNext(deps: DeliveryDeps, channelId: string): Promise<Delivered> {
  const channel = await getChannel(deps.db, channelId);
  const notifier = channel && deps.notifiers.get(channel.kind);
  if (!notifier || !isTold(channel, deps.now())) return { more: false };
  const planned = await planMessage(deps, channel, notifier);
  if (planned === null) return { more: false };
  if (typeof planned !== 'string')
    return { more: true, waitMs: Math.min(MAX_PAUSE_MS, Math.max(0, planned.waitUntil - deps.now())) };
  const message = await readMessage(deps.db, planned);
  if (!message) return { more: false };
  try {
    await notifier.send({
      target: channel.target && openTarget(deps.channelKeys, channel.id, channel.target),
      message,
      now: deps.now(),
      signal: new AbortController().signal,
    });
  } catch (error) {
    return concludeFailure(deps, { channel, message }, error);
  }
  await concludeSent(deps, { channel, message });
  return { more: true };
}

const isTold = ({ status, stopCode, target, retryAt }: ChannelRecord, now: number): boolean =>
  status === 'active' && stopCode === null && target !== null && (retryAt === null || retryAt <= now);

/** Returns the id of the message to send: the one that is under way, or a new one of what is due. */
const planMessage = ({ db, now }: DeliveryDeps, { id: channelId }: ChannelRecord, notifier: Notifier) =>
  inTransaction(db, async (tx) => {
    await lockChannel(tx, channelId);
    const open = await findOpenMessage(tx, channelId);
    if (open !== null) return open;
    const at = now();
    await giveUpBefore(tx, channelId, at - GIVE_UP_MS);
    const due = await listDue(tx, { channelId, now: at, limit: notifier.maxNotices });
    const next = notifier.isForPeople
      ? nextMessage(due, { sentAt: await listSentTimes(tx, channelId, at - MINUTE_MS), now: at })
      : nextRequest(due);
    return next && 'tell' in next
      ? openMessage(tx, channelId, { notificationIds: next.tell, now: at })
      : next;
  });

/** A program is told at once; in a flood of many events in one request. */
function nextRequest(due: readonly DueNotification[]): { tell: readonly string[] } | null {
  const ids = due.map(({ id }) => id);
  if (ids.length === 0) return null;
  return { tell: ids.length > MESSAGES_A_MINUTE ? ids : ids.slice(0, 1) };
}

async function readMessage(db: Database, id: string): Promise<Message | null> {
  const rows = await readNotices(db, id);
  const [first, ...others] = rows.map((row): Notice => ({
    ...fromJson<Omit<Notice, 'id'>>(row.notice),
    id: row.id,
  }));
  return first ? { id, notices: [first, ...others] } : null;
}
