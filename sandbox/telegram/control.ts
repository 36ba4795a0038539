import { CommandError } from '../errors.ts';
import type { ServiceFault, ServiceFaults } from '../service/faults.ts';
import type { Bot, PostFields } from './bot.ts';
import type { Chats } from './chats.ts';

/** Commands of `POST /control`: what happens on the channels, and how the service fails. */
export type TelegramCommand =
  | { type: 'channel'; id: number; title: string; username?: string }
  | ({ type: 'post'; chat: number } & PostFields)
  | ({ type: 'edit'; chat: number; message: number } & PostFields)
  /** A person, or somebody in a group, writes to the bot. */
  | { type: 'say'; chat: number; text: string }
  /** A person blocks the bot. */
  | { type: 'block'; chat: number }
  /** Moves the clock ahead. */
  | { type: 'pass'; ms: number }
  | { type: 'renumber'; updateId: number }
  /** The next `count` requests are refused with 429 and `retry_after`. */
  | { type: 'tooMany'; retryAfterS: number; count?: number }
  | { type: 'fault'; fault: ServiceFault }
  | { type: 'clearFaults' };

export interface Targets {
  bot: Bot;
  chats: Chats;
  faults: ServiceFaults;
}

/** Runs a command; returns the post it made or changed. Throws `CommandError` for one that cannot be. */
export function control({ bot, chats, faults }: Targets, command: TelegramCommand): object | undefined {
  switch (command.type) {
    case 'channel':
      bot.channels.set(command.id, fieldsOf(command));
      return undefined;
    case 'post':
      return bot.post(command.chat, postFieldsOf(command));
    case 'edit':
      return bot.edit(command.chat, command.message, postFieldsOf(command));
    case 'say':
      chats.say(command.chat, command.text);
      return undefined;
    case 'block':
      chats.block(command.chat);
      return undefined;
    case 'pass':
      bot.pass(command.ms);
      return undefined;
    case 'renumber':
      bot.renumber(command.updateId);
      return undefined;
    case 'tooMany':
      faults.add(tooMany(command));
      return undefined;
    case 'fault':
      faults.add(command.fault);
      return undefined;
    case 'clearFaults':
      faults.clear();
      return undefined;
    default:
      throw new CommandError(`unknown command ${JSON.stringify(command)}`);
  }
}

const fieldsOf = ({ id, title, username }: Extract<TelegramCommand, { type: 'channel' }>) => ({
  id,
  title,
  ...(username !== undefined && { username }),
});

function postFieldsOf({ text, caption, author_signature, media_group_id }: PostFields): PostFields {
  return {
    ...(text !== undefined && { text }),
    ...(caption !== undefined && { caption }),
    ...(author_signature !== undefined && { author_signature }),
    ...(media_group_id !== undefined && { media_group_id }),
  };
}

/** The Bot API's refusal of a client that asks too often. */
export const tooMany = ({
  retryAfterS,
  count = 1,
}: {
  retryAfterS: number;
  count?: number;
}): ServiceFault => ({
  kind: 'answer',
  path: '/bot',
  count,
  status: 429,
  body: {
    ok: false,
    error_code: 429,
    description: `Too Many Requests: retry after ${retryAfterS}`,
    parameters: { retry_after: retryAfterS },
  },
});
