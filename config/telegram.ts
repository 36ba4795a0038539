import { z } from 'zod';

/** How Telegram is reached. */
export interface TelegramConfig {
  baseUrl: string;
  /** The bot of sources that have no token of their own; null for none. */
  botToken: string | null;
  /** Where Telegram is to deliver posts itself; null has them polled. */
  webhook: { url: string } | null;
}

export const DEFAULT_TELEGRAM_API_URL = 'https://api.telegram.org';

/** Form of the token of a bot. Source: core.telegram.org/bots/api, "Authorizing your bot". */
export const BOT_TOKEN_FORM = /^\d{5,20}:[\w-]{30,64}$/;

const url = (example: string) =>
  z
    .string()
    .refine((text) => /^https?:/.test(text) && URL.canParse(text), `is not a URL such as ${example}`)
    .optional();

/** Variables of the environment that say how Telegram is reached. */
export const telegramVariables = {
  TELEGRAM_BOT_TOKEN: z
    .string()
    .regex(BOT_TOKEN_FORM, 'is not a token as BotFather gives it, such as 7000000001:AA…')
    .optional(),
  TELEGRAM_API_BASE_URL: url(DEFAULT_TELEGRAM_API_URL),
  TELEGRAM_WEBHOOK_URL: url('https://signals.example.com/hooks/telegram'),
};

type Read = { [Name in keyof typeof telegramVariables]?: z.output<(typeof telegramVariables)[Name]> };

/** Returns the settings of Telegram from the variables. */
export const readTelegram = (read: Read): TelegramConfig => ({
  baseUrl: read.TELEGRAM_API_BASE_URL ?? DEFAULT_TELEGRAM_API_URL,
  botToken: read.TELEGRAM_BOT_TOKEN ?? null,
  webhook: read.TELEGRAM_WEBHOOK_URL === undefined ? null : { url: read.TELEGRAM_WEBHOOK_URL },
});
