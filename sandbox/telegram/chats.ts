import type { ServiceAnswer } from '../service/service.ts';
import type { Bot } from './bot.ts';
import { fail, succeed, type Parameters } from './answers.ts';

/** What the bot wrote to a chat. */
export interface SentMessage {
  readonly chatId: number;
  readonly text: string;
}

/** Source: core.telegram.org/bots/api, "sendMessage": counted after entities were parsed. */
const MAX_LENGTH = 4_096;

/** People and groups that have started the bot, and what it wrote to them. */
export class Chats {
  readonly sent: SentMessage[] = [];
  readonly #bot: Bot;
  readonly #started = new Set<number>();
  readonly #blocked = new Set<number>();
  readonly #moved = new Map<number, number>();
  #nextMessageId = 1;

  constructor(bot: Bot) {
    this.#bot = bot;
  }

  /** A person writes to the bot; a chat with a negative number is a group. */
  say(chatId: number, text: string): void {
    this.#started.add(chatId);
    this.#bot.announce('message', {
      message_id: this.#nextMessageId++,
      date: Math.floor(this.#bot.now() / 1_000),
      from: { id: Math.abs(chatId), is_bot: false, first_name: 'Ann' },
      chat:
        chatId > 0
          ? { id: chatId, type: 'private', first_name: 'Ann' }
          : { id: chatId, type: 'group', title: 'Friends' },
      text,
    });
  }

  block(chatId: number): void {
    this.#blocked.add(chatId);
  }

  /** A group becomes a supergroup, which has another number. */
  move(chatId: number, to: number): void {
    this.#moved.set(chatId, to);
    this.#started.add(to);
  }

  sendMessage({ chat_id: chat, text, parse_mode: mode }: Parameters): ServiceAnswer {
    const chatId = Number(chat);
    const moved = this.#moved.get(chatId);
    if (moved !== undefined)
      return fail(400, 'Bad Request: group chat was upgraded to a supergroup chat', {
        migrate_to_chat_id: moved,
      });
    if (!this.#started.has(chatId)) return fail(400, 'Bad Request: chat not found');
    if (this.#blocked.has(chatId)) return fail(403, 'Forbidden: bot was blocked by the user');
    if (typeof text !== 'string' || text === '') return fail(400, 'Bad Request: message text is empty');
    const plain = mode === 'HTML' ? parseHtml(text) : text;
    if (plain === null) return fail(400, "Bad Request: can't parse entities");
    if (plain.length > MAX_LENGTH) return fail(400, 'Bad Request: message is too long');
    this.sent.push({ chatId, text: plain });
    return succeed({ message_id: this.#nextMessageId++, chat: { id: chatId }, text: plain });
  }
}

/** Returns the text without its tags; null where a bracket or an ampersand is not escaped. */
function parseHtml(text: string): string | null {
  const without = text.replaceAll(/<\/?(?:b|i|code|pre)>/g, '');
  if (/[<>]|&(?!(?:lt|gt|amp|quot);)/.test(without)) return null;
  return without
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&amp;', '&');
}
