/** Runs at most so many pieces of work at a time, and fewer of one key; the others wait in the order they came. */
export interface KeyedLimited {
  run<Result>(key: string, work: () => Promise<Result>): Promise<Result>;
}

/** A key that has all its places taken is overtaken by others, so that one that is busy leaves room. */
export function createKeyedLimited({ atOnce, perKey }: { atOnce: number; perKey: number }): KeyedLimited {
  const running = new Map<string, number>();
  const waiting: { key: string; start: () => void }[] = [];
  let total = 0;
  const runningOf = (key: string): number => running.get(key) ?? 0;
  const mayStart = (key: string): boolean => total < atOnce && runningOf(key) < perKey;
  const take = (key: string): void => {
    total += 1;
    running.set(key, runningOf(key) + 1);
  };
  const giveBack = (key: string): void => {
    total -= 1;
    if (runningOf(key) > 1) running.set(key, runningOf(key) - 1);
    else running.delete(key);
    const at = waiting.findIndex((each) => mayStart(each.key));
    const [next] = at < 0 ? [] : waiting.splice(at, 1);
    if (!next) return;
    take(next.key);
    next.start();
  };
  return {
    async run(key, work) {
      if (mayStart(key)) take(key);
      else await new Promise<void>((start) => void waiting.push({ key, start }));
      try {
        return await work();
      } finally {
        giveBack(key);
      }
    },
  };
}
