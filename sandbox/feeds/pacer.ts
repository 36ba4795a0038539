/** Below this a timer cannot be trusted, so ticks that are due closer together share one timer turn. */
const MIN_SLEEP_MS = 1;
/** Ticks handled before others get a turn, however far behind the replay is. */
const MAX_TICKS_PER_TURN = 200;

/** Spaces ticks out over wall-clock time, keeps their order, and can be halted. */
export class Pacer {
  #dueMs = performance.now();
  #inTurn = 0;
  #halted: PromiseWithResolvers<void> | undefined;
  #stopped = false;
  #wake: (() => void) | undefined;

  get stopped(): boolean {
    return this.#stopped;
  }

  /** Resolves when the tick after `gapMs` of wall-clock time is due; at once when the replay is behind. */
  async next(gapMs: number): Promise<void> {
    this.#dueMs += gapMs;
    const behind = this.#dueMs - performance.now() < MIN_SLEEP_MS;
    if (behind && ++this.#inTurn < MAX_TICKS_PER_TURN && !this.#halted) return;
    this.#inTurn = 0;
    await this.#sleep(Math.max(0, this.#dueMs - performance.now()));
    if (this.#halted) {
      await this.#halted.promise;
      this.#dueMs = performance.now();
    }
  }

  halt(): void {
    this.#halted ??= Promise.withResolvers();
  }

  proceed(): void {
    this.#halted?.resolve();
    this.#halted = undefined;
  }

  stop(): void {
    this.#stopped = true;
    this.proceed();
    this.#wake?.();
  }

  #sleep(ms: number): Promise<void> {
    if (this.#stopped) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
