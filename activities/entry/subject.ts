import { refusal, type Refusal } from '#domain/reasons.ts';
import { checkFresh } from '#domain/signal.ts';
import { beginDecision, type DecisionFacts } from '#prisma/repositories/begin-decision.ts';
import type { TradingDeps } from '../deps.ts';
import type { DecisionInput } from './early-entries.ts';
import type { AskedAhead } from './venue-questions.ts';
import { surveyVenues, type Survey } from './venue-survey.ts';

/** What a decision is about, with what its making reads. */
export interface Subject extends Pick<DecisionFacts, 'signal' | 'deployment' | 'trade' | 'isNew'> {
  survey: Survey;
}

/**
 * Begins the trade, unless an earlier attempt has. What a venue has been asked already is not asked again. Throws when
 * the books have no such signal or deployment.
 */
export async function readSubject(
  deps: TradingDeps,
  input: DecisionInput,
  asked: AskedAhead | null = null,
): Promise<Subject> {
  const startedAt = performance.now();
  const facts = await beginDecision(deps.db, input);
  const readingMs = performance.now() - startedAt;
  const isLikely = checkStanding(facts, deps.now()) === null;
  const survey = surveyVenues(deps, facts, { isLikely, readingMs, asked });
  return { ...facts, survey };
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
