import type { Symbol } from '#domain/ids.ts';
import type { Planned, Refused } from '../contract.ts';
import type { Plan } from './plan-trade.ts';
import type { DecisionInput, Subject } from './subject.ts';

/**
 * An early entry sends the order of a posted signal before the trade's workflow comes to its first step:
 *
 * 1. The API stores the signal and notifies the trading workers (`workers/posted-trades.ts`).
 * 2. A worker begins to start the trade's workflow, and calls `begin`.
 * 3. While Temporal stores the workflow, `begin` reads, decides, and writes plan and orders to the database.
 * 4. Temporal returns that the workflow exists and was started by this worker: `begin` sends the orders.
 * 5. The workflow's first step, `enterTrade`, awaits how that ends with `takeResult`.
 * 6. Where `takeResult` returns null, the step enters by itself: all that was done before stands in the database.
 */
export interface EarlyEntries {
  /**
   * Begins an early entry, and sends its orders once `start` has returned true: the workflow was started here. Returns
   * after the start, with what resolves when the entry has ended; throws what `start` throws.
   */
  begin(post: PostedTrade, start: () => Promise<boolean>): Promise<{ entering: Promise<unknown> }>;
  /** Returns how the entry begun in this process ended, once; null when there was none, or it failed. */
  takeResult(input: DecisionInput): Promise<Planned | Refused | null>;
}

/** A posted signal in one of its deployments. */
export interface PostedTrade extends DecisionInput {
  /** The instrument that the signal calls. */
  symbol: Symbol;
}

/** The parts of an entry. */
export interface EntrySteps {
  /** Reads what the decision needs. */
  read(post: PostedTrade): Promise<Subject>;
  /** Writes down what is to be ordered, and sends nothing. */
  plan(subject: Subject): Promise<Plan | Refused>;
  /** Sends the orders of a plan. */
  enter(plan: Plan | Refused): Promise<Planned | Refused>;
}

/** An entry is forgotten when its workflow has not come for its result by then. The entry itself goes on. */
const MAX_WAIT_MS = 30_000;
/** Number of early entries at once; further trades are entered by their workflows. */
const MAX_TRADES = 200;

export function createEarlyEntries(steps: EntrySteps): EarlyEntries {
  const begun = new Map<string, { at: number; entered: Promise<Planned | Refused | null> }>();

  async function enter(post: PostedTrade, isStarted: Promise<boolean>): Promise<Planned | Refused> {
    const subject = await steps.read(post);
    // Several workers hear of a post. The one that made the trade plans it without waiting for the start.
    const planned = subject.isNew ? steps.plan(subject) : isStarted.then(() => steps.plan(subject));
    const [isOurs, plan] = await Promise.all([isStarted, planned]);
    if (!isOurs) throw new Error('started elsewhere');
    return steps.enter(plan);
  }

  return {
    async begin(post, start) {
      for (const [key, entry] of begun) if (isOld(entry)) begun.delete(key);
      const isStarted = start();
      // Kept before the start is answered: the workflow may ask for the result before that.
      const entered = begun.size < MAX_TRADES ? enter(post, isStarted).catch(() => null) : null;
      if (entered) begun.set(keyOf(post), { at: performance.now(), entered });
      await isStarted;
      return { entering: Promise.resolve(entered) };
    },
    async takeResult(input) {
      const key = keyOf(input);
      const entry = begun.get(key);
      begun.delete(key);
      return entry && !isOld(entry) ? entry.entered : null;
    },
  };
}

const isOld = ({ at }: { at: number }): boolean => performance.now() - at > MAX_WAIT_MS;

const keyOf = ({ signalId, deploymentId }: DecisionInput): string => `${signalId}/${deploymentId}`;
