/** The newest block that any answer has shown this process. */
export interface NewestBlock {
  readonly number: number;
  saw(number: number): void;
}

/** More than Arbitrum makes, which is four in a second. */
const MOST_PER_SECOND = 50;
const MOST_AT_ONCE = 10_000;

/** A node that speaks of blocks no chain can have made by now must not make all others count as behind. */
export function createNewestBlock(): NewestBlock {
  let newest = 0;
  let seenAt = 0;
  return {
    get number() {
      return newest;
    },
    saw(number) {
      const now = Date.now();
      const possible = newest + MOST_AT_ONCE + ((now - seenAt) / 1000) * MOST_PER_SECOND;
      if (number <= newest || (newest > 0 && number > possible)) return;
      newest = number;
      seenAt = now;
    },
  };
}
