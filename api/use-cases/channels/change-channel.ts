import { recordChange } from '#prisma/repositories/audit-log.ts';
import {
  changeChannel,
  changeChannelStatus,
  deleteChannel,
  findChannel,
  type ChannelRecord,
} from '#prisma/repositories/notification-channels.ts';
import type { ApiDeps } from '../../deps.ts';
import type { Principal } from '../../plugins/auth.ts';
import { ProblemError } from '../../problem.ts';
import type { ChannelChange } from '../../schemas/channel.ts';
import { given } from '../given.ts';
import { fromSettings, toSettings } from './settings.ts';

/** Returns a channel of the person, by id or name. Throws `channel_not_found`. */
export async function getOwnChannel(
  { db }: Pick<ApiDeps, 'db'>,
  { userId }: Pick<Principal, 'userId'>,
  idOrName: string,
): Promise<ChannelRecord> {
  const found = await findChannel(db, userId, idOrName);
  if (!found) throw new ProblemError('channel_not_found', `There is no channel ${idOrName}.`);
  return found;
}

/** Changes what is told and when, audited. */
export async function editChannel(
  { db }: ApiDeps,
  { name: actor }: Principal,
  found: ChannelRecord,
  change: ChannelChange,
): Promise<void> {
  const before = fromSettings(found);
  const after = { ...before, ...given(change) };
  await db.$transaction(async (tx) => {
    await changeChannel(tx, found.id, toSettings(after));
    await recordChange(tx, {
      actor,
      action: 'channel.change',
      subject: `channel/${found.id}`,
      before,
      after,
    });
  });
}

const STATUS_OF = { pause: 'paused', resume: 'active' } as const;

/** Pauses a channel, or resumes one that was paused or switched off, audited. */
export async function changeChannelState(
  { db }: ApiDeps,
  { name: actor }: Principal,
  { id, status, stopCode }: ChannelRecord,
  action: 'pause' | 'resume',
): Promise<void> {
  await db.$transaction(async (tx) => {
    await changeChannelStatus(tx, id, STATUS_OF[action]);
    await recordChange(tx, {
      actor,
      action: `channel.${action}`,
      subject: `channel/${id}`,
      before: { status, stopCode },
    });
  });
}

/** Removes a channel with what it was told, audited. */
export async function removeChannel(
  { db }: ApiDeps,
  { name: actor }: Principal,
  { id, kind, name, label }: ChannelRecord,
): Promise<void> {
  await db.$transaction(async (tx) => {
    await deleteChannel(tx, id);
    const before = { kind, name, label };
    await recordChange(tx, { actor, action: 'channel.remove', subject: `channel/${id}`, before });
  });
}
