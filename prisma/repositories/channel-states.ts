import type { DatabaseOrTransaction } from '../client.ts';
import type { ChannelRecord, StoredTarget } from './notification-channels.ts';
import { recordSystemEvent } from './system-events.ts';

/** Notes that a channel took a message. */
export async function noteTold(tx: DatabaseOrTransaction, id: string, at: number): Promise<void> {
  await tx.notificationChannel.update({
    where: { id },
    data: { lastSentAt: new Date(at), failures: 0, failingSince: null, retryAt: null, lastError: null },
  });
}

/** Notes why a channel did not take a message, and when it is tried again; null where only the message was wrong. */
export async function noteUntold(
  tx: DatabaseOrTransaction,
  id: string,
  { error, at, retryAt }: { error: string; at: number; retryAt: number | null },
): Promise<void> {
  if (retryAt === null) {
    await tx.notificationChannel.update({ where: { id }, data: { lastError: error } });
    return;
  }
  await tx.$executeRaw`
    UPDATE notification_channel SET failures = failures + 1, retry_at = ${new Date(retryAt)}, last_error = ${error},
      failing_since = COALESCE(failing_since, ${new Date(at)})
    WHERE id = ${id}::uuid`;
}

/** Switches a channel off until a person resumes it, and records that for its person. */
export async function stopChannel(
  tx: DatabaseOrTransaction,
  { id, userId, kind, name }: ChannelRecord,
  { code, error, at }: { code: string; error: string; at: number },
): Promise<void> {
  await tx.notificationChannel.update({ where: { id }, data: { stopCode: code, lastError: error } });
  await recordSystemEvent(tx, {
    key: `channel_stopped/${id}/${at}`,
    type: 'channel_stopped',
    text: `The ${kind} channel ${name} is switched off: ${error}. See to it, then: signalman notify resume ${name}`,
    data: { channelId: id, name, kind, code },
    userId,
  });
}

/** Gives a channel the address to which it has moved. */
export async function moveChannel(
  tx: DatabaseOrTransaction,
  id: string,
  { target, chatId }: { target: StoredTarget; chatId: string | null },
): Promise<void> {
  await tx.notificationChannel.update({
    where: { id },
    data: { sealedTarget: target.sealed, sealKeyId: target.sealKeyId, ...(chatId !== null && { chatId }) },
  });
}
