import type { Stretch } from '../judge/record.ts';

const EVERY_MS = 10;
/** A timer may be so late on a machine that has time for it. */
const USUAL_MS = 15;

/** Measures when the machine gave this process no time, by a timer that then fires late. */
export class Stalls {
  readonly stretches: Stretch[] = [];
  #timer: NodeJS.Timeout | undefined;

  start(): void {
    this.#wait(Date.now() + EVERY_MS);
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #wait(due: number): void {
    this.#timer = setTimeout(() => {
      const now = Date.now();
      if (now - due > USUAL_MS) this.stretches.push({ from: due, to: now });
      this.#wait(now + EVERY_MS);
    }, EVERY_MS);
  }
}
