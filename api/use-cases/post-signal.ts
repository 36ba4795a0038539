import { setTimeout as delay } from 'node:timers/promises';
import { refusal } from '#domain/reasons.ts';
import type { AgentRecord } from '#prisma/repositories/agents.ts';
import { listSubscribed } from '#prisma/repositories/deployments.ts';
import { announceTo } from '#prisma/repositories/signal-announcements.ts';
import { createSignal, isSignalFannedOut } from '#prisma/repositories/signals.ts';
import { TASK_QUEUES, workflowIds } from '#workflows/names.ts';
import type { ApiDeps } from '../deps.ts';
import type { Principal } from '../plugins/auth.ts';
import { draftSignal, type SignalRequest } from './draft-signal.ts';

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
  const draft = draftSignal(agent, request, deps.now());
  const deployments = await listSubscribed(deps.db, agent.id);
  const announcement = announceTo(agent.name, deployments);
  const isWhole = announcement?.isWhole === true;
  const stored = await createSignal(deps.db, draft, {
    by: principal.name,
    isAgain: request.isAgain,
    announcement,
  });
  const signalId = stored.created ? stored.signalId : stored.duplicateOf;
  const reason = stored.created
    ? null
    : refusal('duplicate_signal', `${draft.symbol} ${draft.side} is signal ${signalId}.`);
  const isSent = stored.created && isWhole && (await isSentSoon(deps, signalId));
  const isUnderWay = stored.created && announcement !== null && !isWhole;
  const started = isSent || (await startFanOut(deps, signalId, isUnderWay));
  return { signalId, created: stored.created, reason, started };
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
