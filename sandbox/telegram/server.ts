import { CommandError } from '../errors.ts';
import type { ServiceFaults } from '../service/faults.ts';
import { startService, type ServiceAnswer, type ServiceRequest } from '../service/service.ts';
import { Bot, type Channel } from './bot.ts';
import { control, type Targets } from './control.ts';
import { fail, type Parameters } from './answers.ts';
import { Chats } from './chats.ts';
import { callMethod, type MethodContext, type Polls } from './methods.ts';
import { Webhook } from './webhook.ts';

export interface TelegramSandboxOptions {
  readonly port?: number;
  readonly host?: string;
  /** Token of the bot, `NUMBER:TEXT`. */
  readonly token?: string;
  readonly channels?: readonly Channel[];
}

/** A running stand-in for the Bot API with one bot. */
export interface TelegramSandbox {
  readonly url: string;
  readonly token: string;
  readonly bot: Bot;
  readonly chats: Chats;
  readonly faults: ServiceFaults;
  readonly requests: readonly string[];
  close(): Promise<void>;
}

const DEFAULT_TOKEN = '7000000001:AAE-sandbox_token_of_a_bot_000000000';
const FIRST_UPDATE_ID = 914_000_001;

/**
 * Starts a stand-in for Telegram's Bot API: `/bot<token>/<method>`, and `POST /control` with the commands of
 * `control.ts`. Rejects if the port is taken.
 */
export async function startTelegramSandbox(options: TelegramSandboxOptions = {}): Promise<TelegramSandbox> {
  const { token = DEFAULT_TOKEN, channels = [] } = options;
  const bot = new Bot(FIRST_UPDATE_ID);
  for (const channel of channels) bot.channels.set(channel.id, { ...channel });
  const chats = new Chats(bot);
  const webhook = new Webhook(bot);
  const polls: Polls = { end: null };
  const me = { id: Number(token.split(':')[0]), username: 'reader_bot' };
  const context = { bot, chats, webhook, polls, me };
  const service = await startService({
    ...options,
    answer: (request) =>
      request.url.pathname === '/control'
        ? command({ bot, chats, faults: service.faults }, request)
        : answer(token, request, { ...context, signal: request.signal }),
  });
  return {
    url: service.url,
    token,
    bot,
    chats,
    faults: service.faults,
    requests: service.requests,
    async close() {
      webhook.remove();
      await service.close();
    },
  };
}

function answer(
  token: string,
  request: ServiceRequest,
  context: MethodContext,
): ServiceAnswer | Promise<ServiceAnswer> {
  const [, given, method] = /^\/bot([^/]+)\/(\w+)$/.exec(request.url.pathname) ?? [];
  if (given === undefined || method === undefined) return fail(404, 'Not Found');
  if (decodeURIComponent(given) !== token) return fail(401, 'Unauthorized');
  try {
    return callMethod(method, parametersOf(request), context);
  } catch {
    return fail(400, "Bad Request: can't parse JSON object");
  }
}

function parametersOf({ url, headers, body }: ServiceRequest): Parameters {
  const query = Object.fromEntries(url.searchParams);
  if (body.length === 0) return query;
  const text = body.toString('utf8');
  const isJson = headers['content-type']?.startsWith('application/json') === true;
  const given: object = isJson ? JSON.parse(text) : Object.fromEntries(new URLSearchParams(text));
  return { ...query, ...given };
}

function command(targets: Targets, { body }: ServiceRequest): ServiceAnswer {
  try {
    return { status: 200, body: control(targets, JSON.parse(body.toString('utf8'))) ?? {} };
  } catch (error) {
    if (!(error instanceof CommandError || error instanceof SyntaxError)) throw error;
    return { status: 400, body: error.message };
  }
}
