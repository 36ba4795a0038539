import type { Logger } from 'pino';
import type { VenueName } from '#domain/ids.ts';

/** Work that stream events and timers start. A failure is logged; the next event or timer tries again. */
export class BackgroundWork {
  readonly #pending = new Set<Promise<unknown>>();
  readonly #logger: Logger;
  readonly #venue: VenueName;

  constructor(logger: Logger, venue: VenueName) {
    this.#logger = logger;
    this.#venue = venue;
  }

  start(what: string, work: Promise<unknown>): void {
    const tracked = work
      .catch((error: unknown) => this.warn(what, error))
      .finally(() => this.#pending.delete(tracked));
    this.#pending.add(tracked);
  }

  warn(what: string, error: unknown): void {
    this.#logger.warn({ venue: this.#venue, what, err: error }, 'watcher: work failed');
  }

  /** Waits for all work that is under way now. */
  async settled(): Promise<void> {
    await Promise.allSettled(this.#pending);
  }
}
