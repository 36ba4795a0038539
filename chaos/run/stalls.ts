import { setTimeout as delay } from 'node:timers/promises';
import type { Stretch } from '../judge/record.ts';

const PAUSE_MS = 10;
/** A pause and a question to the database take this long on a machine that has time for them. */
const USUAL_MS = 25;

/**
 * Measures when the machine had no time: one question after the other is asked that costs next to nothing, and what it
 * takes beyond the usual is a stretch. Ends after `stop`.
 */
export class Stalls {
  readonly stretches: Stretch[] = [];
  readonly #ask: () => Promise<unknown>;
  #isOver = false;

  constructor(ask: () => Promise<unknown>) {
    this.#ask = ask;
  }

  async measure(): Promise<void> {
    while (!this.#isOver) {
      const from = Date.now() + USUAL_MS;
      await delay(PAUSE_MS);
      await this.#ask().catch(() => undefined);
      const to = Date.now();
      if (to > from) this.stretches.push({ from, to });
    }
  }

  stop(): void {
    this.#isOver = true;
  }
}
