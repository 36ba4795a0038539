import { WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import { resolveBarriers, type Barriers } from '#domain/barriers.ts';
import type { Side } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import { refusal } from '#domain/reasons.ts';
import type { RequestedVenue } from '#domain/signal.ts';
import type { SizeModel } from '#domain/sizing.ts';
import type { AgentRecord } from '#prisma/repositories/agents.ts';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import { listActiveDeploymentIds } from '#prisma/repositories/deployments.ts';
import { createSignal } from '#prisma/repositories/signals.ts';
import { TASK_QUEUES } from '#temporal/task-queues.ts';
import { workflowIds, type TradeInput } from '#workflows/messages.ts';
import type { ApiDeps } from './deps.ts';
import type { Principal } from './plugins/auth.ts';
import { ProblemError } from './problem.ts';

/** A signal as a person gives it; null is left to the agent. */
export interface SignalRequest {
  symbol: string;
  side: Side;
  confidence: number;
  sizeModel: SizeModel | null;
  barriers: Barriers | null;
  leverage: number | null;
  requestedVenue: RequestedVenue;
  referencePrice: DecimalString | null;
  maxDriftPct: number | null;
  ttlMs: number | null;
}

export interface PostedSignal {
  signalId: string;
  created: boolean;
  reason: { code: string; text: string } | null;
  started: boolean;
}

/** How long the caller waits for Temporal; the signal is in the books by then. */
const START_TIMEOUT_MS = 5_000;
/** More trades than this are the fan-out's to start. */
const MAX_DIRECT_STARTS = 20;
const FAN_OUT_DELAY = '1s';

/** Stores the signal and starts its trades. A second one in the 6-hour bucket is answered with the first. */
export async function postSignal(
  deps: ApiDeps,
  principal: Principal,
  agent: AgentRecord,
  request: SignalRequest,
): Promise<PostedSignal> {
  const barriers = request.barriers ?? agent.barriers;
  refuseImpossibleExits(request, barriers);
  const now = Date.now();
  const { ttlMs, ...given } = request;
  const draft = {
    ...given,
    agentId: agent.id,
    origin: 'manual' as const,
    messageId: null,
    sizeModel: request.sizeModel ?? agent.sizeModel,
    barriers,
    maxDriftPct: request.maxDriftPct ?? agent.maxDriftPct,
    calledAt: now,
    expiresAt: now + (ttlMs ?? agent.signalTtlMs),
  };
  const [stored, deployments] = await Promise.all([
    deps.db.$transaction(async (tx) => {
      const result = await createSignal(tx, draft);
      if (result.created) {
        const subject = `signal/${result.signalId}`;
        await recordChange(tx, { actor: principal.name, action: 'signal.create', subject, after: draft });
      }
      return result;
    }),
    listActiveDeploymentIds(deps.db, agent.id),
  ]);
  const signalId = stored.created ? stored.signalId : stored.duplicateOf;
  const reason = stored.created
    ? null
    : refusal('duplicate_signal', `${draft.symbol} ${draft.side} is signal ${signalId}.`);
  const started = await startTrades(deps, signalId, deployments);
  return { signalId, created: stored.created, reason, started };
}

/** With a price to judge by, a stop or target on the wrong side is refused here rather than by every trade. */
function refuseImpossibleExits({ side, referencePrice }: SignalRequest, barriers: Barriers): void {
  if (referencePrice === null) return;
  const resolved = resolveBarriers(barriers, { side, entryPrice: referencePrice });
  if (!resolved.ok)
    throw new ProblemError('signal_refused', `${resolved.refusal.code}: ${resolved.refusal.text}`);
}

/**
 * Starts the fan-out and, where there are few, the trades themselves, which saves them its way through the server;
 * it finds those made and makes the rest. Safe to ask for again: what runs or has run is left alone.
 */
async function startTrades(
  deps: ApiDeps,
  signalId: string,
  deploymentIds: readonly string[],
): Promise<boolean> {
  try {
    await deps.temporal.withDeadline(Date.now() + START_TIMEOUT_MS, async () => {
      const direct = deploymentIds.length <= MAX_DIRECT_STARTS ? deploymentIds : [];
      await Promise.all(direct.map((deploymentId) => startTrade(deps, { signalId, deploymentId })));
      await startFanOut(deps, signalId, direct.length > 0);
    });
    return true;
  } catch (err) {
    // The sweep over unsent signals starts it once Temporal is back.
    deps.logger.warn({ err, signalId }, 'signal stored, its trades could not be started yet');
    return false;
  }
}

async function startTrade(deps: ApiDeps, input: TradeInput): Promise<void> {
  try {
    await deps.temporal.workflow.start('tradeLifecycle', {
      args: [input],
      taskQueue: TASK_QUEUES.trading,
      workflowId: workflowIds.trade(input.signalId, input.deploymentId),
      workflowTaskTimeout: '5s',
      workflowIdReusePolicy: 'REJECT_DUPLICATE',
    });
  } catch (error) {
    if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
  }
}

const startFanOut = (deps: ApiDeps, signalId: string, isAhead: boolean) =>
  deps.temporal.workflow.start('signalFanOut', {
    args: [{ signalId }],
    taskQueue: TASK_QUEUES.trading,
    workflowId: workflowIds.fanOut(signalId),
    workflowIdConflictPolicy: 'USE_EXISTING',
    workflowIdReusePolicy: 'ALLOW_DUPLICATE',
    // Trades that are on their way need it only afterwards, to be counted.
    ...(isAhead && { startDelay: FAN_OUT_DELAY }),
  });
