import { createHash, randomBytes } from 'node:crypto';
import type { z } from 'zod';
import { newSigningSecret } from '#notifiers/webhook/signature.ts';
import type { Notifier } from '#notifiers/notifier.ts';
import { sealTarget } from '#notifiers/secret.ts';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import {
  createChannel,
  listChannels,
  MAX_CHANNELS,
  type StoredTarget,
} from '#prisma/repositories/notification-channels.ts';
import { timeOrderedId } from '#prisma/repositories/rows.ts';
import type { ApiDeps } from '../../deps.ts';
import type { Principal } from '../../plugins/auth.ts';
import { ProblemError } from '../../problem.ts';
import type { ChannelInput, ChannelMade } from '../../schemas/channel.ts';
import { toSettings } from './settings.ts';

/** How long a chat may show itself, in ms. */
const LINK_MS = 60 * 60_000;

/** What only the answer to the request shows. */
type Shown = Pick<ChannelMade, 'secret' | 'link'>;

/**
 * Adds a channel of the person. A chat of Telegram gives its address itself, by sending the word that is returned.
 *
 * @throws `channel_refused` with the wrong field, `channel_exists`, `too_many_channels`.
 */
export async function addChannel(deps: ApiDeps, principal: Principal, input: ChannelInput): Promise<Shown> {
  const { db, now } = deps;
  const { userId, name: actor } = principal;
  if ((await listChannels(db, userId)).length >= MAX_CHANNELS)
    throw new ProblemError('too_many_channels', `There are ${MAX_CHANNELS} channels already.`);
  const id = timeOrderedId(now());
  const made = input.kind === 'telegram' ? linked(deps, input) : addressed(deps, id, input);
  await db.$transaction(async (tx) => {
    const { kind, name } = input;
    const draft = { id, userId, kind, name, ...toSettings(input), ...made.stored };
    if (!(await createChannel(tx, draft)))
      throw new ProblemError('channel_exists', `There is a channel ${name} already.`);
    const after = { kind, name, label: made.stored.label };
    await recordChange(tx, { actor, action: 'channel.add', subject: `channel/${id}`, after });
  });
  return made.shown;
}

interface Made {
  stored: { label: string; target: StoredTarget | null; link: { hash: string; until: number } | null };
  shown: Shown;
}

function linked({ notifiers, telegramBot, now }: ApiDeps, { target }: ChannelInput): Made {
  if (!notifiers.has('telegram') || telegramBot === null)
    throw refuse('/kind', 'no bot writes to people here: set TELEGRAM_NOTIFY_BOT_TOKEN');
  if (Object.keys(target).length > 0) throw refuse('/target', 'a chat shows itself: leave the target out');
  const word = randomBytes(15).toString('base64url');
  const until = now() + LINK_MS;
  return {
    stored: { label: 'no chat yet', target: null, link: { hash: hashWord(word), until } },
    shown: { secret: null, link: { word, url: telegramBot.linkOf(word), until } },
  };
}

/** Returns what is stored of the word with which a chat shows itself. */
export const hashWord = (word: string): string => createHash('sha256').update(word).digest('hex');

function addressed({ notifiers, sourceKeys }: ApiDeps, id: string, { kind, target }: ChannelInput): Made {
  const notifier = notifiers.get(kind);
  if (!notifier) throw refuse('/kind', `${kind} is not set up here`);
  const secret = kind === 'webhook' && target['secret'] === undefined ? newSigningSecret() : null;
  const read = readTarget(notifier, { ...target, ...(secret !== null && { secret }) });
  return {
    stored: { label: notifier.describe(read), target: seal(sourceKeys, id, read), link: null },
    shown: { secret, link: null },
  };
}

function readTarget(notifier: Notifier, given: object): object {
  const read = notifier.target.safeParse(given);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw refuse(pointerOf(issue), issue?.message ?? 'cannot be a channel');
}

const pointerOf = (issue: z.core.$ZodIssue | undefined): string =>
  ['/target', ...(issue?.path ?? []).map(String)].join('/');

function seal(keys: ApiDeps['sourceKeys'], id: string, target: object): StoredTarget {
  try {
    return sealTarget(keys, id, target);
  } catch (error) {
    throw refuse('/target', error instanceof Error ? error.message : String(error));
  }
}

const refuse = (pointer: string, detail: string): ProblemError =>
  new ProblemError('channel_refused', `${pointer}: ${detail}`, { errors: [{ in: 'body', pointer, detail }] });
