import { z } from 'zod';
import { BOT_TOKEN_FORM, DEFAULT_TELEGRAM_API_URL } from './telegram.ts';

/** How people are told of events. */
export interface NotifiersConfig {
  telegram: {
    baseUrl: string;
    /** The bot that writes to people and takes their commands; null for none. */
    token: string | null;
  };
  email: {
    /** Null where no mail is sent. */
    smtpUrl: string | null;
    from: string;
  };
  /** True where channels may also be in private networks. */
  privateChannels: boolean;
}

const DEFAULT_FROM = 'Signalman <signalman@localhost>';

/** Variables of the environment that say how people are told of events. */
export const notifierVariables = {
  TELEGRAM_NOTIFY_BOT_TOKEN: z
    .string()
    .regex(BOT_TOKEN_FORM, 'is not a token as BotFather gives it')
    .optional(),
  SMTP_URL: z
    .string()
    .refine(
      (text) => /^smtps?:/.test(text) && URL.canParse(text),
      'is not a URL such as smtps://user:password@mail.example.com',
    )
    .optional(),
  SMTP_FROM: z
    .string()
    .max(320)
    .regex(/^[^\r\n]*@[^\r\n]+$/, 'is not an address such as Signalman <signals@example.com>')
    .optional(),
  SIGNALMAN_PRIVATE_CHANNELS: z
    .enum(['true', 'false'], 'is neither true nor false')
    .transform((text) => text === 'true')
    .optional(),
};

type Read = { [Name in keyof typeof notifierVariables]?: z.output<(typeof notifierVariables)[Name]> } & {
  TELEGRAM_API_BASE_URL?: string | undefined;
};

/** Returns how people are told from the variables. */
export const readNotifiers = (read: Read): NotifiersConfig => ({
  telegram: {
    baseUrl: read.TELEGRAM_API_BASE_URL ?? DEFAULT_TELEGRAM_API_URL,
    token: read.TELEGRAM_NOTIFY_BOT_TOKEN ?? null,
  },
  email: { smtpUrl: read.SMTP_URL ?? null, from: read.SMTP_FROM ?? DEFAULT_FROM },
  privateChannels: read.SIGNALMAN_PRIVATE_CHANNELS ?? false,
});

/** Returns why the two bots cannot work; null when they can. */
export function findBotProblem({
  TELEGRAM_BOT_TOKEN: source,
  TELEGRAM_NOTIFY_BOT_TOKEN: notify,
}: {
  TELEGRAM_BOT_TOKEN?: string | undefined;
  TELEGRAM_NOTIFY_BOT_TOKEN?: string | undefined;
}): string | null {
  const isOne = notify !== undefined && source?.split(':')[0] === notify.split(':')[0];
  return isOne
    ? 'is the bot of TELEGRAM_BOT_TOKEN: Telegram gives each message to one reader, so make a second bot'
    : null;
}
