import { z } from 'zod';
import { SourceBlocked, SourceDown } from '../errors.ts';
import { NOTHING_DELIVERED, type Source } from '../source.ts';
import type { ListenedAccount, ListeningSource, ListenRequest } from '../listening.ts';
import { botIdOf, callBot, ChatUnknown, type BotAccess } from './api.ts';
import { toDeliveries } from './deliveries.ts';
import { parseTelegramHandle, telegramOptions, type TelegramOptions } from './options.ts';
import { ALLOWED_UPDATES, readUpdate } from './update.ts';
import { registerWebhook, webhookSecretOf, type TelegramWebhookAddress } from './webhook-address.ts';

export interface TelegramSettings {
  /** `https://api.telegram.org`. */
  baseUrl: string;
  /** The bot of sources that have no token of their own; null for none. */
  botToken: string | null;
  /** Where Telegram is to deliver posts itself; null has them polled. */
  webhook: TelegramWebhookAddress | null;
}

/** How long Telegram holds a poll while nothing is posted, in s. */
const HELD_FOR_S = 25;
/** Time for the answer beyond that, in ms. */
const ANSWER_AFTER_MS = 10_000;

/** A source of kind `telegram`, which Telegram may also deliver to by itself. */
export interface TelegramSource extends ListeningSource<TelegramOptions> {
  /** Returns what Telegram sends with each delivery to the webhook of the account's bot; null without a bot. */
  webhookSecretOf(account: Pick<ListenedAccount, 'secret'>): string | null;
}

export const isTelegramSource = (source: Source): source is TelegramSource => 'webhookSecretOf' in source;

/**
 * Posts of channels that a bot administrates, by long polling; one poller per bot. The posts of a poll are confirmed by
 * the next one, which is sent once they are stored: Telegram keeps what is not confirmed for 24 hours.
 */
export function createTelegramSource(settings: TelegramSettings): TelegramSource {
  const tokenOf = ({ secret }: Pick<ListenedAccount, 'secret'>): string | null => secret ?? settings.botToken;
  return {
    kind: 'telegram',
    options: telegramOptions,
    secret: 'optional',
    parseHandle: parseTelegramHandle,
    connectionOf(account) {
      const token = tokenOf(account);
      return token === null ? 'no bot' : `bot ${botIdOf(token)}`;
    },
    webhookSecretOf(account) {
      const token = tokenOf(account);
      return token === null ? null : webhookSecretOf(token);
    },
    async listen(request) {
      const [first] = request.accounts;
      const token = first ? tokenOf(first) : null;
      if (token === null)
        throw new SourceBlocked(
          'telegram_not_configured',
          'the source has no token of a bot: give it one, or set TELEGRAM_BOT_TOKEN',
        );
      const bot = { baseUrl: settings.baseUrl, token };
      const accounts = await introduce(bot, request);
      if (settings.webhook) return registerWebhook(bot, settings.webhook, request);
      await pollUpdates(bot, { ...request, accounts });
    },
  };
}

const chat = z.object({ id: z.number(), title: z.string().optional() });

/** Asks for the number of each channel that is known by its name only. A channel without the bot is refused alone. */
async function introduce(
  bot: BotAccess,
  { accounts, deliver, refuse, signal }: ListenRequest<TelegramOptions>,
): Promise<ListenedAccount<TelegramOptions>[]> {
  const known: ListenedAccount<TelegramOptions>[] = [];
  for (const account of accounts) {
    if (account.externalId !== null) {
      known.push(account);
      continue;
    }
    try {
      const parameters = { chat_id: account.handle };
      const { id, title } = chat.parse(await callBot(bot, { method: 'getChat', parameters, signal }));
      const identity = { externalId: String(id), ...(title !== undefined && { title }) };
      await deliver(account.id, { ...NOTHING_DELIVERED, identity });
      known.push({ ...account, externalId: String(id) });
    } catch (error) {
      if (!(error instanceof ChatUnknown)) throw error;
      await refuse(account.id, error);
    }
  }
  return known;
}

async function pollUpdates(
  bot: BotAccess,
  { accounts, deliver, alive, signal }: ListenRequest<TelegramOptions>,
): Promise<void> {
  let offset: number | undefined;
  while (!signal.aborted) {
    const updates = (await getUpdates(bot, offset, signal)).flatMap((raw) => readUpdate(raw) ?? []);
    const posts = updates.flatMap(({ post }) => post ?? []);
    for (const [accountId, delivery] of toDeliveries(accounts, posts)) await deliver(accountId, delivery);
    // Confirms once and no longer: after a silent week numbers begin anywhere, and may be lower.
    offset = updates.length === 0 ? undefined : 1 + Math.max(...updates.map(({ updateId }) => updateId));
    alive();
  }
}

async function getUpdates(
  bot: BotAccess,
  offset: number | undefined,
  signal: AbortSignal,
): Promise<unknown[]> {
  try {
    const result = await callBot(bot, {
      method: 'getUpdates',
      parameters: {
        // One that confirms is answered at once.
        timeout: offset === undefined ? HELD_FOR_S : 0,
        limit: 100,
        allowed_updates: ALLOWED_UPDATES,
        ...(offset !== undefined && { offset }),
      },
      withinMs: HELD_FOR_S * 1_000 + ANSWER_AFTER_MS,
      signal,
    });
    const read = z.array(z.unknown()).safeParse(result);
    if (!read.success) throw new SourceDown('Telegram answers getUpdates with no list');
    return read.data;
  } catch (error) {
    // An end that was asked for is no failure.
    if (signal.aborted) return [];
    throw error;
  }
}
