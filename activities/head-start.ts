import { refusal, type Refusal } from '#domain/reasons.ts';
import { checkFresh } from '#domain/signal.ts';
import { openDecisionBooks, type DecisionBooks } from '#prisma/repositories/decision-books.ts';
import type { TradingDeps } from './deps.ts';
import { surveyVenues, type Survey } from './venue-survey.ts';

/** What a decision is about, with what its making reads. */
export interface Subject extends Pick<DecisionBooks, 'signal' | 'deployment' | 'trade'> {
  survey: Survey;
}

/** One signal in one deployment. */
export interface DecisionInput {
  signalId: string;
  deploymentId: string;
}

/**
 * What of an entry is done while its workflow is on its way to the step that asks for it. All of it stands in the
 * books before it has an effect, so that the step, here or in another process, goes on from wherever this got to.
 */
export interface HeadStart<Entered> {
  /**
   * Begins to read what the decision needs, and enters once `start` has answered that the workflow exists and was
   * started here. Answers after the start, with what resolves at the entry's end; throws what `start` throws.
   */
  begin(
    input: DecisionInput,
    start: () => Promise<boolean>,
    enter: () => Promise<Entered>,
  ): Promise<{ entering: Promise<unknown> }>;
  /** What was read a moment ago, else what is read now. Throws when the books have no such signal or deployment. */
  subject(input: DecisionInput): Promise<Subject>;
  /** How the entry begun here ended; null when there was none, or it failed. */
  result(input: DecisionInput): Promise<Entered | null>;
}

/** Prices and balances older than this are asked for again. */
const MAX_AGE_MS = 1_000;
/** An entry that its workflow does not come for goes on all the same, and is forgotten. */
const MAX_WAIT_MS = 30_000;
/** Trades at once; those beyond have no head start. */
const MAX_TRADES = 200;

export function createHeadStart<Entered>(deps: TradingDeps): HeadStart<Entered> {
  const subjects = createAhead<Subject>(MAX_AGE_MS);
  const entries = createAhead<Entered>(MAX_WAIT_MS);
  return {
    async begin(input, start, enter) {
      const key = keyOf(input);
      subjects.add(key, () => prepare(deps, input));
      const isStarted = start();
      // Known from now on: the step may ask before the answer to the start has been read.
      entries.add(key, async () => {
        if (await isStarted) return enter();
        throw new Error('started elsewhere');
      });
      const entering = entries.peek(key);
      await isStarted;
      return { entering };
    },
    subject: async (input) => (await subjects.take(keyOf(input))) ?? prepare(deps, input),
    result: (input) => entries.take(keyOf(input)),
  };
}

const keyOf = ({ signalId, deploymentId }: DecisionInput): string => `${signalId}/${deploymentId}`;

/** Work that was begun for somebody who comes for it soon. What fails counts as not begun: it is tried again, and said, then. */
function createAhead<Value>(maxAgeMs: number) {
  const begun = new Map<string, { at: number; value: Promise<Value | null> }>();
  const isOld = ({ at }: { at: number }): boolean => performance.now() - at > maxAgeMs;
  const peek = async (key: string): Promise<Value | null> => {
    const found = begun.get(key);
    return found && !isOld(found) ? found.value : null;
  };
  return {
    add(key: string, begin: () => Promise<Value>): void {
      for (const [each, work] of begun) if (isOld(work)) begun.delete(each);
      if (begun.size >= MAX_TRADES) return;
      begun.set(key, { at: performance.now(), value: begin().catch(() => null) });
    },
    peek,
    take(key: string): Promise<Value | null> {
      const value = peek(key);
      begun.delete(key);
      return value;
    },
  };
}

async function prepare(deps: TradingDeps, input: DecisionInput): Promise<Subject> {
  const startedAt = performance.now();
  const books = await openDecisionBooks(deps.db, input);
  const readingMs = performance.now() - startedAt;
  const askAhead = checkStanding(books, deps.now()) === null;
  const survey = surveyVenues(deps, books, { askAhead, readingMs });
  return { ...books, survey };
}

/** Why nothing may be opened, whatever the venues say; null when it may. */
export function checkStanding(
  { signal, deployment }: Pick<Subject, 'signal' | 'deployment'>,
  now: number,
): Refusal | null {
  if (now >= signal.expiresAt) return checkFresh(signal, now, '1');
  if (deployment.agent.status !== 'active') return refusal('agent_paused');
  if (deployment.status === 'paused') return refusal('deployment_paused');
  if (deployment.status === 'archived') return refusal('deployment_ended');
  return null;
}
