/** Runs at most so many pieces of work at a time; the others wait in the order they came. */
export interface Limited {
  run<Result>(work: () => Promise<Result>): Promise<Result>;
}

export function createLimited(atOnce: number): Limited {
  let running = 0;
  const waiting: (() => void)[] = [];
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
      }
    },
  };
}
