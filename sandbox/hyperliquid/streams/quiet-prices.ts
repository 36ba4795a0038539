const PRICE_STREAM = 'activeAssetCtx/';
/** Checks per interval; a price is repeated at the latest after 1 + 1 / CHECKS intervals of silence. */
const CHECKS = 4;

/**
 * Remembers when the price of each coin was last sent and has quiet ones repeated. The venue sends `activeAssetCtx`
 * every few seconds even while no price changes, so clients take a silent stream for a broken one.
 */
export class QuietPrices {
  readonly #sentAtMs = new Map<string, number>();
  readonly #timer: NodeJS.Timeout;

  /** Calls `repeat` with the topic of every price that was not sent for `intervalMs`. */
  constructor(intervalMs: number, repeat: (topic: string) => void) {
    const check = (): void => {
      const before = performance.now() - intervalMs;
      for (const [topic, sentAtMs] of this.#sentAtMs) if (sentAtMs <= before) repeat(topic);
    };
    this.#timer = setInterval(check, Math.max(1, intervalMs / CHECKS));
    this.#timer.unref();
  }

  /** Notes that a message of this topic was sent. Topics that carry no price are ignored. */
  sent(topic: string): void {
    if (topic.startsWith(PRICE_STREAM)) this.#sentAtMs.set(topic, performance.now());
  }

  stop(): void {
    clearInterval(this.#timer);
  }
}
