/** Closing and protecting go before opening, opening goes before reading. */
export type Priority = 'exit' | 'entry' | 'read';
const PRIORITIES: readonly Priority[] = ['exit', 'entry', 'read'];

/** Share of the budget and of the slots that requests of a priority leave to higher priorities. */
const KEEPS_FREE: Record<Priority, number> = { exit: 0, entry: 0.05, read: 0.2 };

const MINUTE_MS = 60_000;

/**
 * Part of a minute's weight that may be spent at once; the rest comes evenly. Both together are one minute's weight,
 * so that no minute, wherever the venue begins to count it, sees more.
 */
export const BURST_SHARE = 0.25;

/** The budget is used up and waiting would take too long, too many already wait, or the limiter was closed. */
export class RateLimited extends Error {
  override name = 'RateLimited';
}

/** A weighted budget that refills evenly. */
export interface RateLimiter {
  /**
   * Takes `weight` from the budget and a slot, after waiting for them at most `maxWaitMs`. Returns a function that gives
   * the slot back, to be called once the request has ended. Throws {@link RateLimited}.
   */
  take(weight: number, priority: Priority, maxWaitMs: number): Promise<() => void>;
  /** Takes the weight from the budget that an answer turned out to have. Never waits. */
  charge(weight: number): void;
  /** Empties the budget, after the venue said that it is used up. */
  drain(): void;
  /** Refuses all requests that wait and all that come later. */
  close(): void;
}

interface Waiter {
  weight: number;
  timer: NodeJS.Timeout;
  admit(): void;
  refuse(error: RateLimited): void;
}

export interface RateLimiterOptions {
  weightPerMinute: number;
  /** Most requests under way at once. */
  maxInFlight?: number;
  /** How many may wait in each priority. */
  maxWaiting?: number;
}

/**
 * Creates a token bucket that lets through at most `weightPerMinute` in any minute. Requests of one priority go in the
 * order in which they came, whatever their weight.
 */
export function createRateLimiter({
  weightPerMinute,
  maxInFlight = 64,
  maxWaiting = 5_000,
}: RateLimiterOptions): RateLimiter {
  const queues: Record<Priority, Waiter[]> = { exit: [], entry: [], read: [] };
  const capacity = weightPerMinute * BURST_SHARE;
  const perMs = (weightPerMinute - capacity) / MINUTE_MS;
  let budget = capacity;
  let inFlight = 0;
  let countedAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function refill(): void {
    const now = performance.now();
    budget = Math.min(capacity, budget + (now - countedAt) * perMs);
    countedAt = now;
  }

  /** Returns the budget that a request waits for; one larger than the bucket goes when the bucket is full. */
  const needed = (weight: number, priority: Priority): number =>
    Math.min(capacity, weight + KEEPS_FREE[priority] * capacity);

  const hasSlot = (priority: Priority): boolean => inFlight < maxInFlight * (1 - KEEPS_FREE[priority]);

  const fits = (weight: number, priority: Priority): boolean =>
    hasSlot(priority) && budget >= needed(weight, priority);

  function spend(weight: number): void {
    budget -= weight;
    inFlight += 1;
  }

  function release(): void {
    inFlight -= 1;
    if (PRIORITIES.some((priority) => queues[priority].length > 0)) look();
  }

  const nobodyAhead = (priority: Priority): boolean =>
    PRIORITIES.slice(0, PRIORITIES.indexOf(priority) + 1).every((each) => queues[each].length === 0);

  function admitThoseWhoFit(): void {
    for (const priority of PRIORITIES) {
      const queue = queues[priority];
      for (let first = queue[0]; first !== undefined; first = queue[0]) {
        if (!fits(first.weight, priority)) return;
        queue.shift();
        spend(first.weight);
        clearTimeout(first.timer);
        first.admit();
      }
    }
  }

  /** Returns the ms until the budget suffices for the first that waits; null when only the end of a request can help. */
  function nextLookMs(): number | null {
    const priority = PRIORITIES.find((each) => queues[each].length > 0);
    if (priority === undefined || !hasSlot(priority)) return null;
    const [first] = queues[priority];
    if (first === undefined) return null;
    return (needed(first.weight, priority) - budget) / perMs;
  }

  function look(): void {
    clearTimeout(timer);
    refill();
    admitThoseWhoFit();
    const waitMs = nextLookMs();
    timer = waitMs === null ? undefined : setTimeout(look, Math.max(1, Math.ceil(waitMs)));
  }

  function enqueue(weight: number, priority: Priority, maxWaitMs: number): Promise<void> {
    const queue = queues[priority];
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        queue.splice(queue.indexOf(waiter), 1);
        reject(new RateLimited('the request budget did not free up in time'));
        look();
      };
      const waiter: Waiter = { weight, timer: setTimeout(giveUp, maxWaitMs), admit: resolve, refuse: reject };
      queue.push(waiter);
      look();
    });
  }

  return {
    async take(weight, priority, maxWaitMs) {
      if (closed) throw new RateLimited('the venue connection is closed');
      refill();
      if (nobodyAhead(priority) && fits(weight, priority)) {
        spend(weight);
        return once(release);
      }
      if (queues[priority].length >= maxWaiting) throw new RateLimited('too many requests are waiting');
      await enqueue(weight, priority, maxWaitMs);
      return once(release);
    },
    charge(weight) {
      refill();
      budget -= weight;
    },
    drain() {
      refill();
      budget = Math.min(budget, 0);
    },
    close() {
      closed = true;
      clearTimeout(timer);
      for (const priority of PRIORITIES) {
        for (const waiter of queues[priority].splice(0)) {
          clearTimeout(waiter.timer);
          waiter.refuse(new RateLimited('the venue connection is closed'));
        }
      }
    },
  };
}

function once(work: () => void): () => void {
  let done = false;
  return () => {
    if (!done) work();
    done = true;
  };
}
