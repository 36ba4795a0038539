import { createDiscordNotifier } from './discord/discord-notifier.ts';
import { createEmailNotifier, type EmailSettings } from './email/email-notifier.ts';
import type { Notifier, Notifiers } from './notifier.ts';
import { createSlackNotifier } from './slack/slack-notifier.ts';
import { createTelegramNotifier, type TelegramNotifierSettings } from './telegram/telegram-notifier.ts';
import { createWebhookNotifier } from './webhook/webhook-notifier.ts';

/** Settings of every kind of channel, from the environment. */
export interface NotifierSettings {
  telegram: TelegramNotifierSettings;
  email: EmailSettings;
  /** True where channels may also be in private networks: for tests and one's own machine. */
  privateChannels: boolean;
  /** For one attempt to send; 15 s when not given. */
  timeoutMs?: number;
}

/** Standard Webhooks advise 15 to 30 s. */
const DEFAULT_TIMEOUT_MS = 15_000;

/** Returns one notifier for each kind. It opens nothing: connections are made by messages. */
export function createNotifiers({
  telegram,
  email,
  privateChannels: allowPrivate,
  timeoutMs = DEFAULT_TIMEOUT_MS,
}: NotifierSettings): Notifiers {
  const options = { allowPrivate, timeoutMs };
  // The address of Telegram is the operator's own setting.
  const own = { allowPrivate: true, timeoutMs };
  const notifiers: readonly Notifier[] = [
    createTelegramNotifier(telegram, own),
    createDiscordNotifier(options),
    createSlackNotifier(options),
    createWebhookNotifier(options),
    createEmailNotifier(email, { timeoutMs }),
  ];
  return new Map(notifiers.map((notifier) => [notifier.kind, notifier]));
}
