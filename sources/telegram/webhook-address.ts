import { createHmac } from 'node:crypto';
import { pause } from '#process/pause.ts';
import type { ListenRequest } from '../listening.ts';
import { botIdOf, callBot, type BotAccess } from './api.ts';
import type { TelegramOptions } from './options.ts';
import { ALLOWED_UPDATES } from './update.ts';

/** Public address of the API's door for Telegram, without the bot's number: `https://HOST/hooks/telegram`. */
export interface TelegramWebhookAddress {
  url: string;
}

/** Time between two looks at whether the webhook stands, in ms. */
const LOOK_EVERY_MS = 60_000;

/** Returns the secret that Telegram sends with each delivery to a bot's webhook. Only who has the token can make it. */
export const webhookSecretOf = (token: string): string =>
  createHmac('sha256', token).update('signalman telegram webhook').digest('base64url');

/** Has Telegram deliver the bot's posts to the API, and sees to it that this stays so until `signal` ends it. */
export async function registerWebhook(
  bot: BotAccess,
  { url }: TelegramWebhookAddress,
  { alive, signal }: Pick<ListenRequest<TelegramOptions>, 'alive' | 'signal'>,
): Promise<void> {
  while (!signal.aborted) {
    await callBot(bot, {
      method: 'setWebhook',
      parameters: {
        url: `${url.replace(/\/+$/, '')}/${botIdOf(bot.token)}`,
        secret_token: webhookSecretOf(bot.token),
        allowed_updates: ALLOWED_UPDATES,
      },
      signal,
    });
    alive();
    await pause(LOOK_EVERY_MS, signal);
  }
}
