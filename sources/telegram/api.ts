import { z } from 'zod';
import { SourceBlocked, SourceBusy, SourceDown, type SourceError } from '../errors.ts';
import { parseJson } from '#process/parse-json.ts';
import { readBounded } from '#process/read-bounded.ts';
import { reasonOf } from '#process/reason-of.ts';

/** A bot, and where its Bot API is. */
export interface BotAccess {
  /** `https://api.telegram.org`. */
  baseUrl: string;
  /** `NUMBER:TEXT`. It is part of every address, so that addresses are never logged. */
  token: string;
}

/** Form of a token. Source: core.telegram.org/bots/api, "Authorizing your bot". */
export const BOT_TOKEN = /^\d{5,20}:[\w-]{30,64}$/;

/** Returns the number of a bot, which is no secret. */
export const botIdOf = (token: string): string => token.split(':')[0] ?? '';

export interface BotCall {
  method: string;
  parameters?: object;
  /** Time for the answer, in ms. */
  withinMs?: number;
  signal: AbortSignal;
}

const ANSWER_WITHIN_MS = 10_000;
const MAX_BYTES = 8 * 1024 * 1024;

const answer = z.object({
  ok: z.boolean(),
  result: z.unknown().optional(),
  description: z.string().optional(),
  parameters: z.object({ retry_after: z.number().optional() }).optional(),
});

/** The bot is not in the chat, or there is no such chat. */
export class ChatUnknown extends SourceBlocked {
  constructor(description: string) {
    super('telegram_chat_unknown', `Telegram: ${description}; make the bot an administrator of the channel`);
  }
}

/** Returns the result of a method of the Bot API. Throws a `SourceError`, whose text never holds the token. */
export async function callBot({ baseUrl, token }: BotAccess, call: BotCall): Promise<unknown> {
  const { method, parameters = {}, withinMs = ANSWER_WITHIN_MS, signal } = call;
  const { status, text } = await send(`${baseUrl.replace(/\/+$/, '')}/bot${token}/${method}`, {
    parameters,
    signal: AbortSignal.any([signal, AbortSignal.timeout(withinMs)]),
  });
  const read = answer.safeParse(parseJson(text));
  if (!read.success) throw new SourceDown(`Telegram answers ${status} with what is no answer of the Bot API`);
  if (read.data.ok) return read.data.result;
  const { description = `status ${status}`, parameters: more } = read.data;
  throw toSourceError(status, description, more?.retry_after);
}

async function send(address: string, { parameters, signal }: { parameters: object; signal: AbortSignal }) {
  try {
    const response = await fetch(address, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(parameters),
      redirect: 'error',
      signal,
    });
    return { status: response.status, text: await readBounded(response, MAX_BYTES) };
  } catch (error) {
    throw new SourceDown(`Telegram cannot be reached: ${reasonOf(error)}`);
  }
}

function toSourceError(status: number, description: string, retryAfterS: number | undefined): SourceError {
  if (status === 429)
    return new SourceBusy(`Telegram: ${description}`, Date.now() + Math.max(1, retryAfterS ?? 1) * 1_000);
  // An address with a token that is none has no method behind it.
  if (status === 401 || status === 404)
    return new SourceBlocked(
      'telegram_unauthorized',
      `Telegram does not take the bot's token: ${description}`,
    );
  if (status === 403 || (status === 400 && /chat not found/i.test(description)))
    return new ChatUnknown(description);
  return new SourceDown(`Telegram: ${description}`);
}
