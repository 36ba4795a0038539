import type { ServiceAnswer } from '../service/service.ts';
import { fail, succeed, type Parameters } from './answers.ts';
import { UPDATE_KINDS, type Bot, type PendingUpdate, type UpdateKind } from './bot.ts';
import type { Chats } from './chats.ts';
import type { Webhook } from './webhook.ts';

export interface MethodContext {
  readonly bot: Bot;
  readonly chats: Chats;
  readonly me: { readonly id: number; readonly username: string };
  readonly webhook: Webhook;
  readonly polls: Polls;
  readonly signal: AbortSignal;
}

/** The one poll that may wait at a time. */
export interface Polls {
  /** Ends the poll that waits, with a conflict. */
  end: (() => void) | null;
}

/** Texts of the Bot API's errors. */
const CONFLICT_POLL =
  'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running';
const CONFLICT_WEBHOOK =
  "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first";

/** Runs a method of the Bot API. Source: core.telegram.org/bots/api, version 10.1. */
export function callMethod(
  name: string,
  parameters: Parameters,
  context: MethodContext,
): ServiceAnswer | Promise<ServiceAnswer> {
  switch (name.toLowerCase()) {
    case 'getme':
      return succeed({
        id: context.me.id,
        is_bot: true,
        first_name: 'Reader',
        username: context.me.username,
      });
    case 'getupdates':
      return getUpdates(parameters, context);
    case 'setwebhook':
      return setWebhook(parameters, context);
    case 'deletewebhook':
      context.webhook.remove();
      return succeed(true, 'Webhook was deleted');
    case 'getwebhookinfo':
      return succeed(context.webhook.info());
    case 'sendmessage':
      return context.chats.sendMessage(parameters);
    case 'getchat':
      return getChat(parameters, context.bot);
    default:
      return fail(404, 'Not Found');
  }
}

function getChat({ chat_id: wanted }: Parameters, bot: Bot): ServiceAnswer {
  const name = String(wanted);
  const channel = [...bot.channels.values()].find(
    ({ id, username }) =>
      String(id) === name || (username !== undefined && `@${username}`.toLowerCase() === name.toLowerCase()),
  );
  return channel ? succeed({ ...channel, type: 'channel' }) : fail(400, 'Bad Request: chat not found');
}

function setWebhook(
  { url, secret_token: secret, allowed_updates: allowed }: Parameters,
  { webhook, polls }: MethodContext,
): ServiceAnswer {
  if (typeof url !== 'string') return fail(400, 'Bad Request: bad webhook: invalid URL');
  if (secret !== undefined && (typeof secret !== 'string' || !/^[\w-]{1,256}$/.test(secret)))
    return fail(400, 'Bad Request: secret token contains unallowed characters');
  if (url === '') webhook.remove();
  else webhook.set(url, secret ?? null, kindsOf(allowed));
  polls.end?.();
  return succeed(true, 'Webhook was set');
}

async function getUpdates(parameters: Parameters, context: MethodContext): Promise<ServiceAnswer> {
  const { bot, webhook, polls } = context;
  if (webhook.isSet) return fail(409, CONFLICT_WEBHOOK);
  polls.end?.();
  const kinds = kindsOf(parameters['allowed_updates']);
  const limit = Math.min(100, Math.max(1, numberOf(parameters['limit']) ?? 100));
  const offset = numberOf(parameters['offset']);
  const take = (): PendingUpdate[] => bot.take(offset, kinds, limit);
  const found = take();
  const waitMs = Math.min(50, numberOf(parameters['timeout']) ?? 0) * 1_000;
  if (found.length > 0 || waitMs <= 0) return succeed(found.map(toUpdate));
  const isConflict = await waitForUpdate(context, waitMs);
  return isConflict ? fail(409, CONFLICT_POLL) : succeed(take().map(toUpdate));
}

/** Waits for an update, the end of the time or of the client; resolves to true when another poll took over. */
function waitForUpdate({ bot, polls, signal }: MethodContext, waitMs: number): Promise<boolean> {
  return new Promise((resolve) => {
    const end = (isConflict: boolean) => {
      clearTimeout(timer);
      stop();
      if (polls.end === conflict) polls.end = null;
      resolve(isConflict);
    };
    const conflict = (): void => end(true);
    const stop = bot.onUpdate(() => end(false));
    const timer = setTimeout(() => end(false), waitMs);
    signal.addEventListener('abort', () => end(false), { once: true });
    polls.end = conflict;
  });
}

/** Returns an update in the shape that polls and webhooks deliver. */
export const toUpdate = ({ update_id, kind, post }: PendingUpdate) => ({ update_id, [kind]: post });

const numberOf = (value: unknown): number | undefined => {
  const number = Number(value);
  return value === undefined || !Number.isInteger(number) ? undefined : number;
};

/** Without a list every kind is sent. A list in a query is JSON text. */
function kindsOf(value: unknown): readonly UpdateKind[] {
  const list: unknown = typeof value === 'string' ? JSON.parse(value) : value;
  return Array.isArray(list) && list.length > 0
    ? UPDATE_KINDS.filter((kind) => list.includes(kind))
    : UPDATE_KINDS;
}
