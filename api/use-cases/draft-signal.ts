import { resolveBarriers, type Barriers } from '#domain/barriers.ts';
import { completeGiven, type GivenBarriers } from '#domain/given-barriers.ts';
import type { Side } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { RequestedVenue } from '#domain/signal.ts';
import type { SizeModel } from '#domain/sizing.ts';
import { FULL_WEIGHT, weightOf } from '#domain/weights.ts';
import type { AgentRecord } from '#prisma/repositories/agents.ts';
import type { SignalDraft } from '#prisma/repositories/signals.ts';
import { ProblemError } from '../problem.ts';

/** A signal as a person gives it; null is left to the agent. */
export interface SignalRequest {
  symbol: string;
  side: Side;
  confidence: number;
  sizeModel: SizeModel | null;
  barriers: GivenBarriers;
  leverage: number | null;
  requestedVenue: RequestedVenue;
  referencePrice: DecimalString | null;
  maxDriftPct: number | null;
  ttlMs: number | null;
  /** Made although the agent made a call like it within six hours. */
  isAgain: boolean;
}

/**
 * Returns a signal as a person asks for it, completed by its agent. Throws `signal_refused` for exits that cannot hold
 * at the price that is given.
 */
export function draftSignal(agent: AgentRecord, request: SignalRequest, now: number): SignalDraft {
  const barriers = completeGiven(request.barriers, agent.barriers);
  refuseImpossibleExits(request, barriers);
  const weightPct = weightOf(agent.weights, 'manual');
  const { ttlMs, isAgain: _, ...given } = request;
  return {
    ...given,
    agentId: agent.id,
    origin: 'manual',
    messageId: null,
    confidence: Number(((request.confidence * weightPct) / FULL_WEIGHT).toFixed(4)),
    weightPct,
    sizeModel: request.sizeModel ?? agent.sizeModel,
    barriers,
    maxDriftPct: request.maxDriftPct ?? agent.maxDriftPct,
    calledAt: now,
    expiresAt: now + (ttlMs ?? agent.signalTtlMs),
  };
}

/** With a price to judge by, a stop or target on the wrong side is refused here rather than by every trade. */
function refuseImpossibleExits({ side, referencePrice }: SignalRequest, barriers: Barriers): void {
  if (referencePrice === null) return;
  const resolved = resolveBarriers(barriers, { side, entryPrice: referencePrice });
  if (!resolved.ok)
    throw new ProblemError('signal_refused', `${resolved.refusal.code}: ${resolved.refusal.text}`);
}
