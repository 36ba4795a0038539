/** What may be delayed for what: closing and protecting goes before opening, opening before reading. */
export type Priority = 'exit' | 'entry' | 'read';
const PRIORITIES: readonly Priority[] = ['exit', 'entry', 'read'];

/** Part of the budget and of the slots that a priority leaves untouched for those above it. */
const KEEPS_FREE: Record<Priority, number> = { exit: 0, entry: 0.05, read: 0.2 };

const MINUTE_MS = 60_000;

/** The budget is used up and waiting would take too long, too many already wait, or the limiter was closed. */
export class RateLimited extends Error {
  override name = 'RateLimited';
}

/** A weighted budget that refills evenly. */
export interface RateLimiter {
  /**
   * Takes `weight` from the budget and a slot, waiting for them at most `maxWaitMs`; rejects with
   * {@link RateLimited}. The answer gives the slot back and must be called once the request has ended.
   */
  take(weight: number, priority: Priority, maxWaitMs: number): Promise<() => void>;
  /** Books weight that only the answer revealed (long lists cost more); never waits. */
  charge(weight: number): void;
  /** The venue said the budget is used up, whatever we counted: starts from nothing. */
  drain(): void;
  /** Turns away everyone who waits and everyone who comes later. */
  close(): void;
}

interface Waiter {
  weight: number;
  deadline: number;
  admit(): void;
  refuse(reason: string): void;
}

export interface RateLimiterOptions {
  weightPerMinute: number;
  /** Requests under way at once: more would only open more connections. */
  maxInFlight?: number;
  /** How many may wait in each priority. */
  maxWaiting?: number;
}

/**
 * Creates a token bucket that holds one minute's weight. Within a priority the order of arrival holds, so nobody is
 * overtaken by a cheaper request of the same kind.
 */
export function createRateLimiter({
  weightPerMinute,
  maxInFlight = 64,
  maxWaiting = 5_000,
}: RateLimiterOptions): RateLimiter {
  const queues: Record<Priority, Waiter[]> = { exit: [], entry: [], read: [] };
  const perMs = weightPerMinute / MINUTE_MS;
  let budget = weightPerMinute;
  let inFlight = 0;
  let countedAt = performance.now();
  let timer: NodeJS.Timeout | undefined;
  let closed = false;

  function refill(): number {
    const now = performance.now();
    budget = Math.min(weightPerMinute, budget + (now - countedAt) * perMs);
    countedAt = now;
    return now;
  }

  /** Budget that must be there for this request; a request larger than the bucket goes when the bucket is full. */
  const needed = (weight: number, priority: Priority): number =>
    Math.min(weightPerMinute, weight + KEEPS_FREE[priority] * weightPerMinute);

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

  function admitThoseWhoFit(now: number): void {
    for (const priority of PRIORITIES) {
      const queue = queues[priority];
      while (queue[0] !== undefined) {
        if (queue[0].deadline <= now) {
          queue.shift()?.refuse('the request budget did not free up in time');
        } else if (fits(queue[0].weight, priority)) {
          spend(queue[0].weight);
          queue.shift()?.admit();
        } else {
          return;
        }
      }
    }
  }

  function nextLookMs(now: number): number | null {
    let soonest: number | null = null;
    for (const priority of PRIORITIES) {
      const first = queues[priority][0];
      if (first === undefined) continue;
      soonest = Math.min(soonest ?? Infinity, first.deadline - now);
      // Without a slot time alone changes nothing: a request that ends does.
      if (hasSlot(priority)) soonest = Math.min(soonest, (needed(first.weight, priority) - budget) / perMs);
    }
    return soonest;
  }

  function look(): void {
    clearTimeout(timer);
    const now = refill();
    admitThoseWhoFit(now);
    const waitMs = nextLookMs(now);
    timer = waitMs === null ? undefined : setTimeout(look, Math.max(1, Math.ceil(waitMs)));
  }

  function enqueue(weight: number, priority: Priority, deadline: number): Promise<void> {
    return new Promise((resolve, reject) => {
      queues[priority].push({
        weight,
        deadline,
        admit: resolve,
        refuse: (reason) => reject(new RateLimited(reason)),
      });
      look();
    });
  }

  return {
    async take(weight, priority, maxWaitMs) {
      if (closed) throw new RateLimited('the venue connection is closed');
      const now = refill();
      if (nobodyAhead(priority) && fits(weight, priority)) {
        spend(weight);
        return once(release);
      }
      if (queues[priority].length >= maxWaiting) throw new RateLimited('too many requests are waiting');
      await enqueue(weight, priority, now + maxWaitMs);
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
        for (const waiter of queues[priority].splice(0)) waiter.refuse('the venue connection is closed');
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
