import { setTimeout as delay } from 'node:timers/promises';
import type { Spent } from './answer-book.ts';
import { addSpent, mostUsd, NOTHING_SPENT, spentOn } from './cost.ts';
import type { ModelFailure } from './failure.ts';
import type { ModelClient } from './model-client.ts';
import type { ModelOptions } from './options.ts';
import { readAnswer } from './read-answer.ts';
import type { ModelReply } from './reply.ts';

/** Requests for one text. */
export const MAX_TRIES = 2;
/** A second try with less time than this is not begun. */
const LEAST_TIME_MS = 1_000;
const PAUSE_MS = 250;

/** The end of all requests for one text. */
export interface Tried {
  reply: ModelReply;
  spent: Spent;
}

/**
 * Asks about a text, and once more after an answer that cannot be read, or none, where the time allows. Both tries
 * together end within the time-out.
 */
export async function tryTwice(client: ModelClient, text: string, options: ModelOptions): Promise<Tried> {
  const endsAt = performance.now() + options.timeoutMs;
  const most = mostUsd(text, options);
  let spent = NOTHING_SPENT;
  for (let tries = 1; ; tries += 1) {
    const reply = checked(await client.ask(text, Math.max(1, Math.round(endsAt - performance.now()))));
    spent = addSpent(spent, spentOn(reply, most, options.prices));
    const pauseMs = tries < MAX_TRIES ? pauseBefore(reply.failure) : null;
    if (pauseMs === null || endsAt - performance.now() < pauseMs + LEAST_TIME_MS) return { reply, spent };
    await delay(pauseMs);
  }
}

/** An answer that cannot be read is a failure of its own. */
function checked(reply: ModelReply): ModelReply {
  if (reply.failure) return reply;
  const read = readAnswer(reply.raw ?? '');
  return read.ok ? reply : { ...reply, failure: read.failure };
}

/** Null where another try is no use. */
function pauseBefore(failure: ModelFailure | null): number | null {
  if (failure?.kind === 'unparsable') return 0;
  return failure?.kind === 'unavailable' ? (failure.retryAfterMs ?? PAUSE_MS) : null;
}
