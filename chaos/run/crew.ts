import { setTimeout as delay } from 'node:timers/promises';
import type { RoleProcess } from '#process/role.ts';
import type { Stretch } from '../judge/record.ts';

/** After a worker's death its steps are given to another once its heartbeats have been missed for this long. */
const TAKEOVER_MS = 4_000;
/** A successor that is ready has its predecessor's steps in hand by then: they are handed out with a growing pause. */
const HANDOVER_MS = 1_000;
const START_LIMIT_MS = 60_000;

/** The workers of a run, each of which may be killed at any moment and gets a successor. */
export class Crew {
  readonly absences: Stretch[] = [];
  kills = 0;
  readonly #start: () => Promise<RoleProcess>;
  readonly #workers: (RoleProcess | null)[];
  #isOver = false;
  #watching: Promise<unknown> = Promise.resolve();

  /** `start` starts one of the `count` workers. */
  constructor(start: () => Promise<RoleProcess>, count: number) {
    this.#start = start;
    this.#workers = Array.from({ length: count }, () => null);
  }

  /** Starts the first workers and replaces each that dies, until stopped. */
  async start(): Promise<void> {
    for (const place of this.#workers.keys()) this.#workers[place] = await this.#start();
    this.#watching = Promise.all([...this.#workers.keys()].map((place) => this.#watch(place)));
  }

  /** Kills the worker that has run longest, as `kill -9` does; nothing happens while there is none. */
  kill(): void {
    const [oldest] = this.#workers
      .filter((worker) => worker !== null)
      .sort((a, b) => a.identity.pid - b.identity.pid);
    if (oldest) process.kill(oldest.identity.pid, 'SIGKILL');
  }

  /** Replaces no worker any longer; the caller ends the last ones. */
  async stop(): Promise<void> {
    this.#isOver = true;
    await Promise.all(this.#workers.map(async (worker) => worker?.stop()));
    await this.#watching;
  }

  /** Resolves once all workers are there. */
  async isManned(): Promise<void> {
    while (this.#workers.includes(null)) await delay(20);
  }

  async #watch(place: number): Promise<void> {
    for (let worker = this.#workers[place]; worker; worker = this.#workers[place]) {
      await worker.exited;
      const from = Date.now();
      this.#workers[place] = null;
      if (this.#isOver) return;
      this.kills += 1;
      await this.#replace(place, from);
    }
  }

  /** A successor may come to a step at which it is to die before it is ready: the next one is started. */
  async #replace(place: number, from: number): Promise<void> {
    while (!this.#workers[place] && !this.#isOver) {
      const startedAt = Date.now();
      const worker = await this.#start().catch(() => null);
      this.#workers[place] = worker;
      // The steps of the dead are in the hands of another worker as soon as they are taken away from it.
      const ready = this.#workers.some((each) => each !== null && each !== worker) ? from : Date.now();
      this.absences.push({ from, to: Math.max(ready, from + TAKEOVER_MS) + HANDOVER_MS });
      if (worker) return;
      this.kills += 1;
      if (Date.now() - startedAt > START_LIMIT_MS) throw new Error('no worker comes up');
    }
  }
}
