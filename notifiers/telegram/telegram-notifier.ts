import { z } from 'zod';
import { parseJson } from '#process/parse-json.ts';
import { ChannelBusy, ChannelDown, ChannelGone, ChannelMoved, MessageRefused } from '../errors.ts';
import type { Notifier } from '../notifier.ts';
import { post, type PostAnswer, type PostOptions } from '../post.ts';
import { joinWords, toWords } from '../words.ts';

export interface TelegramNotifierSettings {
  /** `https://api.telegram.org`. */
  baseUrl: string;
  /** The bot that writes to people; null for none. */
  token: string | null;
}

/** A chat of which the bot was started. */
const target = z.strictObject({ chatId: z.string().regex(/^-?\d{1,20}$/) });

/** Source: core.telegram.org/bots/api, `sendMessage`: 4,096 characters after entities were parsed. */
const MAX_LENGTH = 4_000;

const answer = z.object({
  ok: z.boolean(),
  description: z.string().optional(),
  parameters: z
    .object({ retry_after: z.number().optional(), migrate_to_chat_id: z.number().optional() })
    .optional(),
});

/** Chats of Telegram, by a bot that each of them has started. */
export function createTelegramNotifier(settings: TelegramNotifierSettings, options: PostOptions): Notifier {
  return {
    kind: 'telegram',
    target,
    isForPeople: true,
    maxNotices: 5_000,
    describe: (given) => `chat …${target.parse(given).chatId.slice(-4)}`,
    async send({ target: given, message, now, signal }) {
      const { chatId } = target.parse(given);
      const text = joinWords(toWords(message), MAX_LENGTH, (heading) => `<b>${heading}</b>`, escapeHtml);
      await sendToChat(settings, { chatId, text, now, signal }, options);
    },
  };
}

export interface ChatMessage {
  chatId: string;
  /** HTML of the Bot API. */
  text: string;
  now: number;
  signal: AbortSignal;
}

/** Writes to a chat. Throws a `ChannelError`, whose text holds no token. */
export async function sendToChat(
  { baseUrl, token }: TelegramNotifierSettings,
  { chatId, text, now, signal }: ChatMessage,
  options: PostOptions,
): Promise<void> {
  if (token === null) throw new ChannelDown('no bot writes to people here: set TELEGRAM_NOTIFY_BOT_TOKEN');
  const body = {
    chat_id: chatId,
    text,
    parse_mode: 'HTML',
    link_preview_options: { is_disabled: true },
  };
  const url = `${baseUrl.replace(/\/+$/, '')}/bot${token}/sendMessage`;
  const answered = await post({ url, body: JSON.stringify(body), signal }, options);
  const failure = judge(answered, now);
  if (failure) throw failure;
}

function judge({ status, text }: PostAnswer, now: number): Error | null {
  const read = answer.safeParse(parseJson(text));
  if (!read.success)
    return new ChannelDown(`Telegram answers ${status} with what is no answer of the Bot API`);
  const { ok, description = `status ${status}`, parameters } = read.data;
  if (ok) return null;
  const moved = parameters?.migrate_to_chat_id;
  if (moved !== undefined) return new ChannelMoved(`Telegram: ${description}`, { chatId: String(moved) });
  if (status === 429)
    return new ChannelBusy(
      `Telegram: ${description}`,
      now + Math.max(1, parameters?.retry_after ?? 1) * 1_000,
    );
  if (status === 403) return new ChannelGone('telegram_blocked', `Telegram: ${description}`);
  if (status === 400 && /chat not found|user not found|PEER_ID_INVALID/i.test(description))
    return new ChannelGone('telegram_chat_unknown', `Telegram: ${description}`);
  if (status === 400) return new MessageRefused(`Telegram: ${description}`);
  return new ChannelDown(`Telegram: ${description}`);
}

/** Source: core.telegram.org/bots/api, "HTML style". */
export const escapeHtml = (text: string): string =>
  text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
