import { setTimeout as delay } from 'node:timers/promises';
import { z } from 'zod';
import { escapeHtml, sendToChat } from '#notifiers/telegram/telegram-notifier.ts';
import type { SoleHolder } from '#prisma/sole-holder.ts';
import { SourceBusy } from '#sources/errors.ts';
import { callBot, type BotAccess } from '#sources/telegram/api.ts';
import { answerChat, type ChatDeps } from './answer-chat.ts';
import type { BotName } from './bot-name.ts';
import { readChatUpdate, type ChatMessage } from './chat-message.ts';

export interface ListenDeps extends ChatDeps {
  access: BotAccess;
  botName: BotName;
  /** One process at a time reads what is written to a bot. */
  holder: SoleHolder;
}

/** How long Telegram holds a poll while nobody writes, in s. */
const HELD_FOR_S = 25;
const ANSWER_AFTER_MS = 10_000;
const PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 10 * 60_000;
const SEND_TIMEOUT_MS = 10_000;

/**
 * Listens to what chats write to the bot, and answers. A message is confirmed once it was answered, so that none is lost
 * with the process. Returns how to stop.
 */
export function listenToChats(deps: ListenDeps): () => Promise<void> {
  const stop = new AbortController();
  const ended = (async () => {
    while (!stop.signal.aborted) {
      const pauseMs = await listen(deps, stop.signal).catch((error: unknown) =>
        afterFailure(deps, error, stop.signal),
      );
      await delay(pauseMs, undefined, { signal: stop.signal }).catch(() => undefined);
    }
    await deps.holder.release();
  })();
  return async () => {
    stop.abort();
    await ended;
  };
}

function afterFailure({ logger, now }: ListenDeps, error: unknown, signal: AbortSignal): number {
  if (signal.aborted) return 0;
  logger.warn({ err: error }, 'commands of Telegram chats are not heard');
  return error instanceof SourceBusy
    ? Math.min(LONGEST_PAUSE_MS, Math.max(PAUSE_MS, error.retryAt - now()))
    : PAUSE_MS;
}

/** Reads until the right to do so is lost. Returns the pause before it is tried again, in ms. */
async function listen(deps: ListenDeps, signal: AbortSignal): Promise<number> {
  await deps.botName.learn(signal);
  let offset: number | undefined;
  while (!signal.aborted && (await deps.holder.hold())) {
    const updates = await getUpdates(deps.access, offset, signal);
    for (const { message } of updates) if (message) await answer(deps, message, signal);
    offset = updates.length === 0 ? undefined : 1 + Math.max(...updates.map(({ updateId }) => updateId));
  }
  return PAUSE_MS;
}

async function getUpdates(access: BotAccess, offset: number | undefined, signal: AbortSignal) {
  const result = await callBot(access, {
    method: 'getUpdates',
    parameters: {
      // One that confirms is answered at once.
      timeout: offset === undefined ? HELD_FOR_S : 0,
      limit: 20,
      allowed_updates: ['message'],
      ...(offset !== undefined && { offset }),
    },
    withinMs: HELD_FOR_S * 1_000 + ANSWER_AFTER_MS,
    signal,
  });
  return z
    .array(z.unknown())
    .parse(result)
    .flatMap((raw) => readChatUpdate(raw) ?? []);
}

/** A chat that cannot be answered keeps no other waiting: what it asked for is done all the same. */
async function answer(deps: ListenDeps, message: ChatMessage, signal: AbortSignal): Promise<void> {
  const { access, logger, now } = deps;
  const words = await answerChat(deps, message);
  if (words === null) return;
  const settings = { allowPrivate: true, timeoutMs: SEND_TIMEOUT_MS };
  const text = escapeHtml(words.slice(0, 3_500));
  await sendToChat(access, { chatId: message.chatId, text, now: now(), signal }, settings).catch(
    (err: unknown) => logger.warn({ err }, 'a chat was not answered'),
  );
}
