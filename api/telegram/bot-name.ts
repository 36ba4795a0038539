import { z } from 'zod';
import { callBot, type BotAccess } from '#sources/telegram/api.ts';

/** The bot that writes to people, as they find it. */
export interface BotName {
  /** Returns the address that sends a word to the bot; null while its name is not known. */
  linkOf(word: string): string | null;
  /** Asks Telegram for the name, unless it is known. Throws a `SourceError`. */
  learn(signal: AbortSignal): Promise<void>;
}

const me = z.object({ username: z.string() });

export function createBotName(access: BotAccess): BotName {
  let username: string | null = null;
  return {
    linkOf: (word) => (username === null ? null : `https://t.me/${username}?start=${word}`),
    async learn(signal) {
      username ??= me.parse(await callBot(access, { method: 'getMe', signal })).username;
    },
  };
}
