import { setTimeout as delay } from 'node:timers/promises';
import { resolveBarriers, type Barriers } from '#domain/barriers.ts';
import { completeGiven, type GivenBarriers } from '#domain/given-barriers.ts';
import type { Side } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import { refusal } from '#domain/reasons.ts';
import type { RequestedVenue } from '#domain/signal.ts';
import type { SizeModel } from '#domain/sizing.ts';
import type { AgentRecord } from '#prisma/repositories/agents.ts';
import { listSubscribed } from '#prisma/repositories/deployments.ts';
import { MAX_ANNOUNCED } from '#prisma/repositories/signal-announcements.ts';
import { createSignal, isSignalFannedOut } from '#prisma/repositories/signals.ts';
import { FULL_WEIGHT, weightOf } from '#domain/weights.ts';
import { TASK_QUEUES, workflowIds } from '#workflows/names.ts';
import type { ApiDeps } from '../deps.ts';
import type { Principal } from '../plugins/auth.ts';
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

export interface PostedSignal {
  signalId: string;
  created: boolean;
  reason: { code: string; text: string } | null;
  started: boolean;
}

/** How long the caller waits for Temporal; the signal is in the books by then. */
const START_TIMEOUT_MS = 5_000;
/** How long the trading workers may take to start the trades of a posted signal, before the fan-out starts them. */
const HEARING_MS = 1_000;
const LOOK_INTERVAL_MS = 20;
/** How long a fan-out waits, where it skips some deployments while the trading workers start the trades of others. */
const FAN_OUT_DELAY = '1s';

/**
 * Stores the signal and starts its trades. Returns the first signal for a second one within six hours, unless that is
 * wanted all the same.
 */
export async function postSignal(
  deps: ApiDeps,
  principal: Principal,
  agent: AgentRecord,
  request: SignalRequest,
): Promise<PostedSignal> {
  const barriers = completeGiven(request.barriers, agent.barriers);
  refuseImpossibleExits(request, barriers);
  const now = deps.now();
  const weightPct = weightOf(agent.weights, 'manual');
  const { ttlMs, isAgain, ...given } = request;
  const draft = {
    ...given,
    agentId: agent.id,
    origin: 'manual' as const,
    messageId: null,
    confidence: Number(((request.confidence * weightPct) / FULL_WEIGHT).toFixed(4)),
    weightPct,
    sizeModel: request.sizeModel ?? agent.sizeModel,
    barriers,
    maxDriftPct: request.maxDriftPct ?? agent.maxDriftPct,
    calledAt: now,
    expiresAt: now + (ttlMs ?? agent.signalTtlMs),
  };
  const deployments = await listSubscribed(deps.db, agent.id);
  const active = deployments.filter(({ status }) => status === 'active').map(({ id }) => id);
  const isAnnounced = active.length > 0 && active.length <= MAX_ANNOUNCED;
  const isWhole = isAnnounced && active.length === deployments.length;
  const stored = await createSignal(deps.db, draft, {
    by: principal.name,
    isAgain,
    announcement: isAnnounced ? { agentName: agent.name, deploymentIds: active, isWhole } : null,
  });
  const signalId = stored.created ? stored.signalId : stored.duplicateOf;
  const reason = stored.created
    ? null
    : refusal('duplicate_signal', `${draft.symbol} ${draft.side} is signal ${signalId}.`);
  const isSent = stored.created && isWhole && (await isSentSoon(deps, signalId));
  const isUnderWay = stored.created && isAnnounced && !isWhole;
  const started = isSent || (await startFanOut(deps, signalId, isUnderWay));
  return { signalId, created: stored.created, reason, started };
}

/** With a price to judge by, a stop or target on the wrong side is refused here rather than by every trade. */
function refuseImpossibleExits({ side, referencePrice }: SignalRequest, barriers: Barriers): void {
  if (referencePrice === null) return;
  const resolved = resolveBarriers(barriers, { side, entryPrice: referencePrice });
  if (!resolved.ok)
    throw new ProblemError('signal_refused', `${resolved.refusal.code}: ${resolved.refusal.text}`);
}

/** Waits until the trading workers have started all trades of a signal; returns false when they have not in time. */
async function isSentSoon({ db }: ApiDeps, signalId: string): Promise<boolean> {
  for (const until = performance.now() + HEARING_MS; performance.now() < until;) {
    await delay(LOOK_INTERVAL_MS);
    if (await isSignalFannedOut(db, signalId)) return true;
  }
  return false;
}

/**
 * Starts the workflow that sees to it that every deployment gets its trade: it finds those that are on their way and
 * makes what is missing. Safe to ask for again: what runs or has run is left alone.
 */
async function startFanOut(deps: ApiDeps, signalId: string, isUnderWay: boolean): Promise<boolean> {
  try {
    await deps.temporal.withDeadline(Date.now() + START_TIMEOUT_MS, () =>
      deps.temporal.workflow.start('signalFanOut', {
        args: [{ signalId }],
        taskQueue: TASK_QUEUES.trading,
        workflowId: workflowIds.fanOut(signalId),
        workflowIdConflictPolicy: 'USE_EXISTING',
        workflowIdReusePolicy: 'ALLOW_DUPLICATE',
        ...(isUnderWay && { startDelay: FAN_OUT_DELAY }),
      }),
    );
    return true;
  } catch (err) {
    // The sweep over unsent signals starts it once Temporal is back.
    deps.logger.warn({ err, signalId }, 'signal stored, its trades could not be started yet');
    return false;
  }
}
