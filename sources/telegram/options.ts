import { z } from 'zod';
import { SourceInputError } from '../errors.ts';

export const telegramOptions = z.strictObject({
  /** Whether posts that the channel forwards from elsewhere are read. */
  forwards: z.boolean().default(true),
});
export type TelegramOptions = z.output<typeof telegramOptions>;

/** Returns the name of a channel in small letters, or its number; reads `@name`, `https://t.me/name` and `-100123`. */
export function parseTelegramHandle(handle: string): string {
  const given = handle.trim().replace(/^(?:https?:\/\/)?t\.me\//i, '@');
  if (/^-\d{5,20}$/.test(given)) return given;
  if (/^@[a-z]\w{3,31}$/i.test(given)) return given.toLowerCase();
  throw new SourceInputError('/handle', 'must be a channel: @name, or its number such as -1001234567890');
}
