import { doublingPause } from '#domain/doubling-pause.ts';
import { inTransaction } from '#prisma/client.ts';
import { moveChannel, noteTold, noteUntold, stopChannel } from '#prisma/repositories/channel-states.ts';
import type { ChannelRecord } from '#prisma/repositories/notification-channels.ts';
import { endMessage } from '#prisma/repositories/notifications.ts';
import { ChannelBusy, ChannelError, ChannelGone, ChannelMoved, MessageRefused } from '#notifiers/errors.ts';
import type { Message } from '#notifiers/notifier.ts';
import { sealTarget } from '#notifiers/secret.ts';
import type { Delivered, DeliveryDeps } from './deliver-next.ts';

interface Attempt {
  channel: ChannelRecord;
  message: Message;
}

const PAUSE = { firstMs: 5_000, longestMs: 10 * 60_000 };
/** A channel may ask for no longer pause. */
const LONGEST_ASKED_MS = 24 * 60 * 60_000;
/** A channel that has failed for as long is switched off: before what it was not told is given up. */
const STOP_AFTER_MS = 2 * 24 * 60 * 60_000;

export const concludeSent = ({ db, now }: DeliveryDeps, { channel, message }: Attempt): Promise<void> =>
  inTransaction(db, async (tx) => {
    const at = now();
    await endMessage(tx, message.id, { is: 'sent', at });
    await noteTold(tx, channel.id, at);
  });

/** Writes down why a channel did not take a message, and what follows. */
export async function concludeFailure(
  deps: DeliveryDeps,
  attempt: Attempt,
  failed: unknown,
): Promise<Delivered> {
  const { channel } = attempt;
  const error = failed instanceof Error ? failed.message : String(failed);
  const code = failed instanceof ChannelError ? failed.code : 'channel_down';
  deps.logger.warn({ channelId: channel.id, kind: channel.kind, code }, `a channel was not told: ${error}`);
  if (failed instanceof ChannelMoved) return follow(deps, attempt, failed);
  if (failed instanceof MessageRefused) return giveUp(deps, attempt, error);
  if (failed instanceof ChannelGone) return stop(deps, attempt, { code, error });
  const at = deps.now();
  if (channel.failingSince !== null && at - channel.failingSince > STOP_AFTER_MS)
    return stop(deps, attempt, { code: 'channel_unreachable', error: `no answer for days: ${error}` });
  return pause(deps, attempt, { error, retryAt: at + pauseAfter(failed, channel.failures, at) });
}

function pauseAfter(failed: unknown, failures: number, now: number): number {
  if (failed instanceof ChannelBusy)
    return Math.min(LONGEST_ASKED_MS, Math.max(PAUSE.firstMs, failed.retryAt - now));
  return doublingPause(PAUSE, failures);
}

async function pause(
  { db, now }: DeliveryDeps,
  { channel, message }: Attempt,
  { error, retryAt }: { error: string; retryAt: number },
): Promise<Delivered> {
  await inTransaction(db, async (tx) => {
    await endMessage(tx, message.id, { is: 'released', error });
    await noteUntold(tx, channel.id, { error, at: now(), retryAt });
  });
  return { more: false };
}

async function giveUp(
  { db, now }: DeliveryDeps,
  { channel, message }: Attempt,
  error: string,
): Promise<Delivered> {
  await inTransaction(db, async (tx) => {
    await endMessage(tx, message.id, { is: 'failed', error });
    await noteUntold(tx, channel.id, { error, at: now(), retryAt: null });
  });
  return { more: true };
}

async function stop(
  { db, now }: DeliveryDeps,
  { channel, message }: Attempt,
  { code, error }: { code: string; error: string },
): Promise<Delivered> {
  await inTransaction(db, async (tx) => {
    await endMessage(tx, message.id, { is: 'failed', error });
    await stopChannel(tx, channel, { code, error, at: now() });
  });
  return { more: false };
}

/** The next attempt goes to the new address, under the same id. */
async function follow(
  { db, channelKeys }: DeliveryDeps,
  { channel: { id } }: Attempt,
  { target }: ChannelMoved,
): Promise<Delivered> {
  const chatId = 'chatId' in target && typeof target.chatId === 'string' ? target.chatId : null;
  await moveChannel(db, id, { target: sealTarget(channelKeys, id, target), chatId });
  return { more: true };
}
