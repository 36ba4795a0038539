/** Runs at most so many pieces of work at a time; the others wait in the order they came. */
export interface Limited {
  run<Result>(work: () => Promise<Result>): Promise<Result>;
  /** Resolves once nothing runs or waits here. */
  idle(): Promise<void>;
}

export function createLimited(atOnce: number): Limited {
  let running = 0;
  const waiting: (() => void)[] = [];
  let idlers: (() => void)[] = [];
  return {
    async run(work) {
      if (running < atOnce) running += 1;
      else await new Promise<void>((resolve) => void waiting.push(resolve));
      try {
        return await work();
      } finally {
        const next = waiting.shift();
        // Its place goes over to the next in line.
        if (next) next();
        else running -= 1;
        if (running === 0) {
          const woken = idlers;
          idlers = [];
          for (const wake of woken) wake();
        }
      }
    },
    async idle() {
      if (running > 0) await new Promise<void>((resolve) => void idlers.push(resolve));
    },
  };
}
