import type { SealingKey } from '#process/sealed-text.ts';
import type { Logger } from '#observability/logger.ts';
import { sealTarget } from '#notifiers/secret.ts';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import {
  findWaitingChannel,
  linkChannel,
  listChatChannels,
} from '#prisma/repositories/notification-channels.ts';
import { findUser } from '#prisma/repositories/users.ts';
import type { Principal } from '../plugins/auth.ts';
import { hashWord } from '../use-cases/channels/add-channel.ts';
import type { ChatMessage } from './chat-message.ts';
import { CommandRefused, COMMANDS, HELP, type CommandDeps } from './commands.ts';

export interface ChatDeps extends CommandDeps {
  /** The first one seals the addresses of chats. */
  channelKeys: readonly SealingKey[];
  logger: Logger;
}

/** A command that lay about for longer is not done any more. */
const MAX_AGE_MS = 5 * 60_000;

/** Does what a chat says, and returns the words of the answer; null where nothing is answered. */
export async function answerChat(deps: ChatDeps, message: ChatMessage): Promise<string | null> {
  const { command, argument, isPrivate, sentAt } = message;
  if (command === 'start' && argument !== '') return link(deps, message);
  const principal = isPrivate ? await findPerson(deps, message) : null;
  if (!principal) return command === 'start' && isPrivate ? UNKNOWN : null;
  const run = command === null ? undefined : COMMANDS[command];
  if (!run) return HELP;
  if (deps.now() - sentAt > MAX_AGE_MS)
    return 'That was some minutes ago, when nobody listened. Send it again.';
  await audit(deps, principal, message);
  try {
    return await run(deps, { ...message, principal });
  } catch (error) {
    if (error instanceof CommandRefused) return error.message;
    deps.logger.error({ err: error, command }, 'a command of a chat failed');
    return 'Something went wrong here. Nothing more is known: look with /status or signalman doctor';
  }
}

const UNKNOWN = 'This chat is not known here. Add it with: signalman notify add telegram NAME';

/** Gives the channel that waits for the word its chat. */
async function link(
  { db, channelKeys, now }: ChatDeps,
  { chatId, argument, isPrivate }: ChatMessage,
): Promise<string> {
  const found = await findWaitingChannel(db, hashWord(argument), now());
  if (!found) return 'That word is wrong or too old. Make a new one with: signalman notify add telegram NAME';
  const target = sealTarget(channelKeys, found.id, { chatId });
  const label = `${isPrivate ? 'chat' : 'group'} …${chatId.slice(-4)}`;
  await db.$transaction(async (tx) => {
    await linkChannel(tx, found.id, { target, label, chatId });
    await recordChange(tx, {
      actor: `telegram ${label}`,
      action: 'channel.link',
      subject: `channel/${found.id}`,
      after: { name: found.name, label },
    });
  });
  return `This is the channel ${found.name} from now on.${isPrivate ? `\n${HELP}` : ' Commands are taken from private chats only.'}`;
}

/** Returns the person whose chat it is; null for a chat that is nobody's. */
async function findPerson({ db }: ChatDeps, { chatId }: ChatMessage): Promise<Principal | null> {
  const [channel] = await listChatChannels(db, chatId);
  const user = channel && (await findUser(db, channel.userId));
  if (!user || user.disabledAt !== null) return null;
  const name = `${user.name} (telegram …${chatId.slice(-4)})`;
  return { userId: user.id, keyId: null, session: null, name, role: user.role, scopes: ['read', 'trade'] };
}

async function audit(
  { db }: ChatDeps,
  { userId, name: actor }: Principal,
  { command, argument }: ChatMessage,
) {
  // A code that confirms is used up by then; the log shows what was asked, not how it was confirmed.
  const after = { command, ...(command !== 'confirm' && argument !== '' && { argument }) };
  await recordChange(db, { actor, action: 'telegram.command', subject: `user/${userId}`, after });
}
