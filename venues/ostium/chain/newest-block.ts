import { forwardNow } from '#process/clocks.ts';

/** The newest block that any answer has shown to this process. */
export interface NewestBlock {
  readonly number: number;
  saw(number: number): void;
}

/** Most blocks that a chain can make in a second; Arbitrum makes four. */
const MOST_PER_SECOND = 50;
const MOST_AT_ONCE = 10_000;

/** Creates the memory of the newest block. It ignores numbers that the chain cannot have reached yet, which would make all other nodes count as behind. */
export function createNewestBlock(): NewestBlock {
  let newest = 0;
  let seenAt = 0;
  return {
    get number() {
      return newest;
    },
    saw(number) {
      const now = forwardNow();
      const possible = newest + MOST_AT_ONCE + ((now - seenAt) / 1000) * MOST_PER_SECOND;
      if (number <= newest || (newest > 0 && number > possible)) return;
      newest = number;
      seenAt = now;
    },
  };
}
