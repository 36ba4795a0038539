import { setTimeout as delay } from 'node:timers/promises';
import type { RoleProcess } from '#process/role.ts';
import type { Stretch } from '../judge/record.ts';

/** After a worker's death its steps are given to another once its heartbeats have been missed for this long. */
const TAKEOVER_MS = 4_000;
/** A successor that is ready has its predecessor's steps in hand by then: they are handed out with a growing pause. */
const HANDOVER_MS = 1_000;
const START_LIMIT_MS = 60_000;

/** The workers of a run: one at a time, each of which may be killed at any moment and gets a successor. */
export class Crew {
  readonly absences: Stretch[] = [];
  kills = 0;
  readonly #start: () => Promise<RoleProcess>;
  #worker: RoleProcess | null = null;
  #isOver = false;
  #watching: Promise<void> = Promise.resolve();

  constructor(start: () => Promise<RoleProcess>) {
    this.#start = start;
  }

  /** Starts the first worker and replaces each that dies, until stopped. */
  async start(): Promise<void> {
    this.#worker = await this.#start();
    this.#watching = this.#watch();
  }

  /** Kills the worker of now, as `kill -9` does; nothing happens while there is none. */
  kill(): void {
    if (this.#worker) process.kill(this.#worker.identity.pid, 'SIGKILL');
  }

  /** Replaces no worker any longer; the caller ends the last one. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await this.#worker?.stop();
    await this.#watching;
  }

  /** Resolves once a worker is there. */
  async isManned(): Promise<void> {
    while (this.#worker === null) await delay(20);
  }

  async #watch(): Promise<void> {
    while (this.#worker) {
      await this.#worker.exited;
      const from = Date.now();
      this.#worker = null;
      if (this.#isOver) return;
      this.kills += 1;
      await this.#replace(from);
    }
  }

  /** A successor may come to a step at which it is to die before it is ready: the next one is started. */
  async #replace(from: number): Promise<void> {
    while (!this.#worker && !this.#isOver) {
      const startedAt = Date.now();
      this.#worker = await this.#start().catch(() => null);
      const to = Math.max(Date.now(), from + TAKEOVER_MS) + HANDOVER_MS;
      this.absences.push({ from, to });
      if (this.#worker) return;
      this.kills += 1;
      if (Date.now() - startedAt > START_LIMIT_MS) throw new Error('no worker comes up');
    }
  }
}
