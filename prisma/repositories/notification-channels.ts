import type { Digest, Pace } from '#domain/notifications/due-time.ts';
import type { Severity, Topic } from '#domain/notifications/topics.ts';
import type { ChannelKind, LifeStatus } from '#domain/statuses.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { fromJson } from './json.ts';
import { isUniqueViolation, ms, msOrNull } from './rows.ts';

/** What a person set about a channel. */
export interface ChannelSettings extends Pace {
  topics: readonly Topic[];
  minSeverity: Severity;
}

/** The address of a channel as stored. */
export interface StoredTarget {
  sealKeyId: string;
  sealed: Uint8Array<ArrayBuffer>;
}

export interface ChannelRecord extends ChannelSettings {
  id: string;
  userId: string;
  kind: ChannelKind;
  name: string;
  status: LifeStatus;
  label: string;
  /** Null until it is linked. */
  target: StoredTarget | null;
  chatId: string | null;
  linkUntil: number | null;
  retryAt: number | null;
  failures: number;
  failingSince: number | null;
  lastError: string | null;
  stopCode: string | null;
  lastSentAt: number | null;
  createdAt: number;
}

type ChannelRow = NonNullable<
  Awaited<ReturnType<DatabaseOrTransaction['notificationChannel']['findUnique']>>
>;

const toRecord = ({
  quietFrom,
  quietTo,
  sealedTarget,
  sealKeyId,
  linkHash: _hash,
  ...row
}: ChannelRow): ChannelRecord => ({
  ...row,
  topics: fromJson<Topic[]>(row.topics),
  minSeverity: fromJson<Severity>(row.minSeverity),
  digest: fromJson<Digest>(row.digest),
  quiet: quietFrom === null || quietTo === null ? null : { from: quietFrom, to: quietTo },
  target: sealedTarget && sealKeyId !== null ? { sealed: sealedTarget, sealKeyId } : null,
  linkUntil: msOrNull(row.linkUntil),
  retryAt: msOrNull(row.retryAt),
  failingSince: msOrNull(row.failingSince),
  lastSentAt: msOrNull(row.lastSentAt),
  createdAt: ms(row.createdAt),
});

export interface ChannelDraft extends ChannelSettings {
  id: string;
  userId: string;
  kind: ChannelKind;
  name: string;
  label: string;
  target: StoredTarget | null;
  /** How a chat shows that it is meant; null for a channel that has its address. */
  link: { hash: string; until: number } | null;
}

const columnsOf = ({ quiet, topics, minSeverity, digest, timeZone }: ChannelSettings) => ({
  topics: [...topics],
  minSeverity,
  digest,
  timeZone,
  quietFrom: quiet?.from ?? null,
  quietTo: quiet?.to ?? null,
});

/** Adds a channel; false when the person has one of that name. */
export async function createChannel(db: DatabaseOrTransaction, draft: ChannelDraft): Promise<boolean> {
  const { id, userId, kind, name, label, target, link } = draft;
  try {
    await db.notificationChannel.create({
      data: {
        id,
        userId,
        kind,
        name,
        label,
        ...columnsOf(draft),
        ...(target && { sealedTarget: target.sealed, sealKeyId: target.sealKeyId }),
        ...(link && { linkHash: link.hash, linkUntil: new Date(link.until) }),
      },
    });
    return true;
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}

/** Most channels of a person. */
export const MAX_CHANNELS = 20;

/** Returns the channels of a person, by name. */
export async function listChannels(db: DatabaseOrTransaction, userId: string): Promise<ChannelRecord[]> {
  const rows = await db.notificationChannel.findMany({
    where: { userId, status: { not: 'archived' } },
    orderBy: { name: 'asc' },
    take: MAX_CHANNELS,
  });
  return rows.map(toRecord);
}

/** Returns a channel of a person, by its id or its name; null for none. */
export async function findChannel(
  db: DatabaseOrTransaction,
  userId: string,
  idOrName: string,
): Promise<ChannelRecord | null> {
  const isId = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/.test(idOrName);
  const row = await db.notificationChannel.findFirst({
    where: { userId, ...(isId ? { id: idOrName } : { name: idOrName }) },
  });
  return row && toRecord(row);
}

export async function getChannel(db: DatabaseOrTransaction, id: string): Promise<ChannelRecord | null> {
  const row = await db.notificationChannel.findUnique({ where: { id } });
  return row && toRecord(row);
}

/** Changes what a person set. */
export async function changeChannel(
  db: DatabaseOrTransaction,
  id: string,
  settings: ChannelSettings,
): Promise<void> {
  await db.notificationChannel.update({ where: { id }, data: columnsOf(settings) });
}

/** Pauses a channel, or has it told again, also where a refusal had switched it off. */
export async function changeChannelStatus(
  db: DatabaseOrTransaction,
  id: string,
  status: 'active' | 'paused',
): Promise<void> {
  const fresh = { failures: 0, failingSince: null, retryAt: null, lastError: null, stopCode: null };
  await db.notificationChannel.update({ where: { id }, data: { status, ...(status === 'active' && fresh) } });
}

/** Deletes a channel with everything that it was told. */
export async function deleteChannel(db: DatabaseOrTransaction, id: string): Promise<void> {
  await db.notificationChannel.delete({ where: { id } });
}

/** Gives a channel its address, which the chat has shown with its word. */
export async function linkChannel(
  db: DatabaseOrTransaction,
  id: string,
  { target, label, chatId }: { target: StoredTarget; label: string; chatId: string },
): Promise<void> {
  await db.notificationChannel.update({
    where: { id },
    data: {
      label,
      chatId,
      linkHash: null,
      linkUntil: null,
      sealedTarget: target.sealed,
      sealKeyId: target.sealKeyId,
    },
  });
}

/** Returns the channel that waits for this word, until the word ends; null for none. */
export async function findWaitingChannel(
  db: DatabaseOrTransaction,
  linkHash: string,
  now: number,
): Promise<ChannelRecord | null> {
  const row = await db.notificationChannel.findFirst({
    where: { linkHash, linkUntil: { gt: new Date(now) } },
  });
  return row && toRecord(row);
}

/** Returns the channels that are a chat, with whose they are. */
export async function listChatChannels(
  db: DatabaseOrTransaction,
  chatId: string,
): Promise<{ id: string; userId: string; user: string }[]> {
  const rows = await db.notificationChannel.findMany({
    where: { chatId, kind: 'telegram', status: { not: 'archived' } },
    select: { id: true, userId: true, user: { select: { name: true } } },
    orderBy: { createdAt: 'asc' },
  });
  return rows.map(({ id, userId, user }) => ({ id, userId, user: user.name }));
}

/** Returns every channel that is told of events now. */
export async function listToldChannels(db: DatabaseOrTransaction): Promise<ChannelRecord[]> {
  const rows = await db.notificationChannel.findMany({
    where: { status: 'active', stopCode: null, sealedTarget: { not: null }, user: { disabledAt: null } },
  });
  return rows.map(toRecord);
}
