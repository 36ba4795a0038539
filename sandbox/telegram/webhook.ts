import { setTimeout as delay } from 'node:timers/promises';
import type { Bot, UpdateKind } from './bot.ts';
import { toUpdate } from './methods.ts';

/** Pause before a failed delivery is tried again. Telegram waits longer each time. */
const RETRY_MS = 100;
const ANSWER_WITHIN_MS = 60_000;

/** Delivers updates to an address, one after the other: a failed one holds back those behind it. */
export class Webhook {
  readonly #bot: Bot;
  #target: { url: string; secret: string | null; kinds: readonly UpdateKind[] } | null = null;
  #isDelivering = false;
  #lastError: string | null = null;

  constructor(bot: Bot) {
    this.#bot = bot;
    bot.onUpdate(() => void this.#deliver());
  }

  get isSet(): boolean {
    return this.#target !== null;
  }

  set(url: string, secret: string | null, kinds: readonly UpdateKind[]): void {
    this.#target = { url, secret, kinds };
    void this.#deliver();
  }

  remove(): void {
    this.#target = null;
  }

  info(): object {
    return {
      url: this.#target?.url ?? '',
      has_custom_certificate: false,
      pending_update_count: this.#bot.pending.length,
      ...(this.#lastError !== null && { last_error_message: this.#lastError }),
    };
  }

  async #deliver(): Promise<void> {
    if (this.#isDelivering) return;
    this.#isDelivering = true;
    while (await this.#deliverNext());
    this.#isDelivering = false;
  }

  /** Returns false when nothing is left to deliver. */
  async #deliverNext(): Promise<boolean> {
    if (!this.#target) return false;
    const { url, secret, kinds } = this.#target;
    const [next] = this.#bot.take(undefined, kinds, 1);
    if (!next) return false;
    try {
      const { status } = await fetch(url, {
        method: 'POST',
        headers: {
          'content-type': 'application/json',
          ...(secret !== null && { 'x-telegram-bot-api-secret-token': secret }),
        },
        body: JSON.stringify(toUpdate(next)),
        signal: AbortSignal.timeout(ANSWER_WITHIN_MS),
      });
      if (status >= 200 && status < 300) {
        this.#bot.confirm(next.update_id);
        return true;
      }
      this.#lastError = `Wrong response from the webhook: ${status}`;
    } catch (error) {
      this.#lastError = error instanceof Error ? error.message : String(error);
    }
    await delay(RETRY_MS, undefined, { ref: false });
    return true;
  }
}
