import { randomInt } from 'node:crypto';

/** What a chat is to confirm before it is done. */
export interface Confirmation {
  tradeIds: readonly string[];
}

interface Asked extends Confirmation {
  code: string;
  until: number;
  triesLeft: number;
}

const VALID_MS = 60_000;
const TRIES = 3;

/** Closes that wait for their code, one for each chat. They are lost with the process: nothing is closed then. */
export class Confirmations {
  readonly #asked = new Map<string, Asked>();
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Returns the code that confirms it, for a minute; what was asked before is forgotten. */
  ask(chatId: string, confirmation: Confirmation): string {
    const code = String(randomInt(1_000, 10_000));
    this.#asked.set(chatId, { ...confirmation, code, until: this.#now() + VALID_MS, triesLeft: TRIES });
    return code;
  }

  /** Returns what a code confirms, once; null for a wrong or late one. */
  take(chatId: string, code: string): Confirmation | null {
    const asked = this.#asked.get(chatId);
    if (!asked) return null;
    asked.triesLeft -= 1;
    const isRight = asked.code === code && asked.until > this.#now();
    if (isRight || asked.triesLeft <= 0) this.#asked.delete(chatId);
    return isRight ? asked : null;
  }
}
