import { waitUntil } from '#process/clocks.ts';

/** Runs work one at a time per key, in the order it came. */
export interface Lanes {
  /**
   * Resolves or rejects as `work` does; throws {@link LaneBusy} without starting it when its turn is too far off. It
   * waits until `notAfter` (by `forwardNow`) at most, where that is sooner.
   */
  run<Result>(key: string, work: () => Promise<Result>, notAfter?: number): Promise<Result>;
}

/** Too much work waits in this lane, or its turn did not come in time. The work was not started. */
export class LaneBusy extends Error {
  override name = 'LaneBusy';
}

export interface LaneLimits {
  maxWaiting: number;
  maxWaitMs: number;
}

interface Lane {
  tail: Promise<unknown>;
  length: number;
}

/**
 * Creates lanes. One signer has one action in flight, so that its nonces reach the venue in the order they were
 * given out.
 */
export function createLanes({ maxWaiting, maxWaitMs }: LaneLimits): Lanes {
  const lanes = new Map<string, Lane>();

  async function leave(key: string, lane: Lane, done: Promise<unknown>[]): Promise<void> {
    await Promise.allSettled(done);
    lane.length -= 1;
    if (lane.length === 0) lanes.delete(key);
  }

  return {
    run(key, work, notAfter = Infinity) {
      const lane = lanes.get(key) ?? { tail: Promise.resolve(), length: 0 };
      if (lane.length > maxWaiting) {
        return Promise.reject(new LaneBusy(`${maxWaiting} actions wait for this signer already`));
      }
      lanes.set(key, lane);
      lane.length += 1;
      const result = inTurn(lane.tail, work, Math.min(maxWaitMs, waitUntil(notAfter)));
      lane.tail = leave(key, lane, [lane.tail, result]);
      return result;
    },
  };
}

function inTurn<Result>(before: Promise<unknown>, work: () => Promise<Result>, maxWaitMs: number) {
  return new Promise<Result>((resolve, reject) => {
    let givenUp = false;
    const timer = setTimeout(() => {
      givenUp = true;
      reject(new LaneBusy(`another action of this signer took longer than ${Math.round(maxWaitMs)} ms`));
    }, maxWaitMs);
    const start = (): void => {
      clearTimeout(timer);
      if (!givenUp) work().then(resolve, reject);
    };
    before.then(start, start);
  });
}
