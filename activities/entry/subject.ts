import { refusal, type Refusal } from '#domain/reasons.ts';
import { checkFresh } from '#domain/signal.ts';
import { useScore, type UsedScore } from '#domain/scoring/score-use.ts';
import { inputWeights } from '#domain/weights.ts';
import {
  beginDecision,
  previewDecision,
  type DecisionFacts,
  type PreviewInput,
} from '#prisma/repositories/begin-decision.ts';
import type { TradingDeps } from '../deps.ts';
import { noteNothing, type NoteCheck } from './checks.ts';
import type { Prefetched } from './prefetch.ts';
import { surveyVenues, type Survey } from './venue-survey.ts';

/** One signal in one deployment. */
export interface DecisionInput {
  signalId: string;
  deploymentId: string;
}

/** Everything that a decision about one signal in one deployment reads. */
export interface Subject extends Pick<DecisionFacts, 'signal' | 'deployment' | 'trade' | 'isNew' | 'bounds'> {
  survey: Survey;
  /** The part that the market score plays. */
  score: UsedScore;
  noteCheck: NoteCheck;
}

/**
 * Inserts the trade unless it exists, reads the records that decide about it, and begins to ask the likely venues. What
 * was prefetched is not asked again. Throws when there is no such signal or deployment.
 */
export async function readSubject(
  deps: TradingDeps,
  input: DecisionInput,
  prefetched: Prefetched | null = null,
): Promise<Subject> {
  const startedAt = performance.now();
  const facts = await beginDecision(deps.db, input);
  return toSubject(deps, facts, { readingMs: performance.now() - startedAt, prefetched });
}

/** Reads what decides about a signal that does not exist, and inserts nothing. Each check is told to `noteCheck`. */
export async function readPreviewSubject(
  deps: TradingDeps,
  input: PreviewInput,
  noteCheck: NoteCheck,
): Promise<Subject> {
  const startedAt = performance.now();
  const facts = await previewDecision(deps.db, input);
  const subject = toSubject(deps, facts, { readingMs: performance.now() - startedAt, prefetched: null });
  return { ...subject, noteCheck };
}

function toSubject(
  deps: TradingDeps,
  facts: DecisionFacts,
  reading: { readingMs: number; prefetched: Prefetched | null },
): Subject {
  const now = deps.now();
  const isLikely = checkStanding(facts, now) === null;
  const survey = surveyVenues(deps, facts, { isLikely, ...reading });
  return { ...facts, survey, score: scoreOfTrade(facts, now), noteCheck: noteNothing };
}

function scoreOfTrade({ signal, deployment: { agent }, score }: DecisionFacts, now: number): UsedScore {
  const rule = { use: agent.scoreUse, weights: inputWeights(agent.weights) };
  return useScore(rule, score, { side: signal.side, now });
}

/** Returns why nothing may be opened at any venue: signal, agent or deployment are over; null when it may. */
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
