import type { Symbol } from '#domain/ids.ts';

/** One signal in one deployment. */
export interface DecisionInput {
  signalId: string;
  deploymentId: string;
}

/** A decision that is asked for before its workflow exists. */
export interface AnnouncedDecision extends DecisionInput {
  /** The instrument that the signal calls. */
  symbol: Symbol;
}

/** What an entry is made of. */
export interface EntrySteps<Subject, Plan, Entered> {
  /** Reads what the decision needs. */
  read(input: AnnouncedDecision): Promise<Subject>;
  /** Writes down what is to be ordered, and sends nothing. */
  plan(subject: Subject): Promise<Plan>;
  /** Sends it. */
  enter(plan: Plan): Promise<Entered>;
}

/**
 * What of an entry is done while its workflow is on its way to the step that asks for it. All of it stands in the
 * books before it has an effect, so that the step, here or in another process, goes on from wherever this got to.
 */
export interface HeadStart<Entered> {
  /**
   * Begins to read and plan, and enters once `start` has answered that the workflow exists and was started here.
   * Answers after the start, with what resolves at the entry's end; throws what `start` throws.
   */
  begin(input: AnnouncedDecision, start: () => Promise<boolean>): Promise<{ entering: Promise<unknown> }>;
  /** How the entry begun here ended; null when there was none, or it failed. */
  result(input: DecisionInput): Promise<Entered | null>;
}

/** An entry that its workflow does not come for goes on all the same, and is forgotten. */
const MAX_WAIT_MS = 30_000;
/** Trades at once; those beyond have no head start. */
const MAX_TRADES = 200;

export function createHeadStart<Subject extends { isNew: boolean }, Plan, Entered>(
  steps: EntrySteps<Subject, Plan, Entered>,
): HeadStart<Entered> {
  const begun = new Map<string, { at: number; entered: Promise<Entered | null> }>();

  async function run(input: AnnouncedDecision, isStarted: Promise<boolean>): Promise<Entered> {
    const subject = await steps.read(input);
    // Several may hear of one signal. Whoever made its trade need not wait before planning it.
    const planned = subject.isNew ? steps.plan(subject) : isStarted.then(() => steps.plan(subject));
    const [isOurs, ready] = await Promise.all([isStarted, planned]);
    if (!isOurs) throw new Error('started elsewhere');
    return steps.enter(ready);
  }

  return {
    async begin(input, start) {
      for (const [key, work] of begun) if (isOld(work)) begun.delete(key);
      const isStarted = start();
      // Known from now on: the step may ask before the answer to the start has been read.
      const entered = begun.size < MAX_TRADES ? run(input, isStarted).catch(() => null) : null;
      if (entered) begun.set(keyOf(input), { at: performance.now(), entered });
      await isStarted;
      return { entering: Promise.resolve(entered) };
    },
    async result(input) {
      const key = keyOf(input);
      const work = begun.get(key);
      begun.delete(key);
      return work && !isOld(work) ? work.entered : null;
    },
  };
}

const isOld = ({ at }: { at: number }): boolean => performance.now() - at > MAX_WAIT_MS;

const keyOf = ({ signalId, deploymentId }: DecisionInput): string => `${signalId}/${deploymentId}`;
