import { setTimeout as delay } from 'node:timers/promises';
import { WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError } from '@temporalio/client';
import { ApplicationFailure, type SignalDefinition } from '@temporalio/common';
import { writtenBarriers, type GivenBarriers } from '#domain/given-barriers.ts';
import { STEP_ENDED, TRADE_NOT_OPEN } from '#domain/failure-types.ts';
import type { TradeState } from '#domain/trade.ts';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import { findIds, type OfUser } from '#prisma/repositories/visible-rows.ts';
import { findTradeView, listLiveTradeViews, type TradeView } from '#prisma/repositories/trade-views.ts';
import { workflowIds } from '#workflows/names.ts';
import {
  adjustBarriersUpdate,
  forceCloseSignal,
  pauseSignal,
  resumeSignal,
  type OperatorNote,
} from '#workflows/messages.ts';
import type { ApiDeps } from '../deps.ts';
import { isNotRunning } from '../error-mapping.ts';
import type { Principal } from '../plugins/auth.ts';
import { ProblemError, type ProblemCode } from '../problem.ts';

export type TradeRequest = 'pause' | 'resume' | 'close';

const MESSAGES: Record<TradeRequest, SignalDefinition<[OperatorNote?]>> = {
  pause: pauseSignal,
  resume: resumeSignal,
  close: forceCloseSignal,
};

const SIGNAL_TIMEOUT_MS = 5_000;
const POLL_MS = 100;
const WHOLE_ID_LENGTH = 36;

/**
 * Returns the trade, of a user or of all, that a whole id or a part of one names. Throws `trade_not_found` or
 * `trade_id_ambiguous`.
 */
export async function findTradeByPart(db: ApiDeps['db'], part: string, whose: OfUser): Promise<TradeView> {
  // Only parts of an id need a search through all of them.
  const [id, other] = part.length === WHOLE_ID_LENGTH ? [part] : await findIds(db, 'trade', part, whose);
  if (id === undefined) throw new ProblemError('trade_not_found', `There is no trade ${part}.`);
  if (other !== undefined) {
    throw new ProblemError('trade_id_ambiguous', `${id} and ${other} (and maybe more) match ${part}.`);
  }
  const trade = await findTradeView(db, id, whose);
  if (!trade) throw new ProblemError('trade_not_found', `There is no trade ${id}.`);
  return trade;
}

/**
 * Hands a person's wish to the trade's workflow, which keeps it even while no worker runs. Throws `trade_ended`
 * when nothing is left to do. Pausing a paused trade is no error.
 */
export async function requestOfTrade(
  deps: ApiDeps,
  principal: Principal,
  trade: TradeView,
  request: TradeRequest,
  note: string | undefined,
): Promise<void> {
  if (isOver(trade)) throw new ProblemError('trade_ended', `Trade ${trade.id} is ${trade.phase}.`);
  await recordChange(deps.db, {
    actor: principal.name,
    action: `trade.${request}`,
    subject: `trade/${trade.id}`,
    before: { phase: trade.phase, paused: trade.paused },
    after: { requested: request, note: note ?? null },
  });
  const workflowId = workflowIds.trade(trade.signalId, trade.deploymentId);
  const handle = deps.temporal.workflow.getHandle(workflowId);
  const said = noteOf(principal, note);
  try {
    await deps.temporal.withDeadline(Date.now() + SIGNAL_TIMEOUT_MS, () =>
      handle.signal(MESSAGES[request], said),
    );
  } catch (error) {
    if (!isNotRunning(error)) throw error;
    throw new ProblemError('trade_not_running', `No workflow ${workflowId} runs.`, { cause: error });
  }
}

const noteOf = ({ name }: Principal, note: string | undefined): OperatorNote => ({
  by: name,
  ...(note !== undefined && { note }),
});

const UPDATE_TIMEOUT_MS = 20_000;
const NOT_CONFIRMED =
  'The change was asked for and is not confirmed yet. It may still be made: look at the trade before asking again.';

/**
 * Replaces the exits of an open trade and returns where it then stands. Throws `barriers_refused` with the reason
 * when the position or the venue will not have them, `stop_beyond_liquidation`, and `trade_not_open` before the entry and once an exit has begun;
 * the change itself is audited with before and after.
 */
export async function adjustTrade(
  deps: ApiDeps,
  principal: Principal,
  trade: TradeView,
  { barriers: given, note }: { barriers: GivenBarriers; note?: string | undefined },
): Promise<TradeState> {
  if (isOver(trade)) throw new ProblemError('trade_ended', `Trade ${trade.id} is ${trade.phase}.`);
  const workflowId = workflowIds.trade(trade.signalId, trade.deploymentId);
  const handle = deps.temporal.workflow.getHandle(workflowId);
  const said = noteOf(principal, note);
  const barriers = writtenBarriers(given);
  try {
    return await deps.temporal.withDeadline(Date.now() + UPDATE_TIMEOUT_MS, () =>
      handle.executeUpdate(adjustBarriersUpdate, { args: [{ barriers, ...said }] }),
    );
  } catch (error) {
    if (isNotRunning(error))
      throw new ProblemError('trade_not_running', `No workflow ${workflowId} runs.`, { cause: error });
    if (error instanceof WorkflowUpdateRPCTimeoutOrCancelledError)
      throw new ProblemError('temporal_unreachable', NOT_CONFIRMED, { cause: error });
    if (!(error instanceof WorkflowUpdateFailedError)) throw error;
    throw new ProblemError(problemOf(error), reasonOf(error), { cause: error });
  }
}

/** Returns the problem that a failed update is for the person who asked for it. */
function problemOf({ cause }: Error): ProblemCode {
  const { type, details } = cause instanceof ApplicationFailure ? cause : { type: null, details: [] };
  if (type === TRADE_NOT_OPEN) return 'trade_not_open';
  if (details?.[0] === 'stop_beyond_liquidation') return 'stop_beyond_liquidation';
  return type === STEP_ENDED ? 'venue_unreachable' : 'barriers_refused';
}

const reasonOf = ({ cause, message }: Error): string => (cause instanceof Error ? cause.message : message);

/**
 * Asks for the close of every live trade of a user or of all, or of every live trade of one deployment. A trade that cannot be asked stops
 * no other.
 */
export async function closeAll(
  deps: ApiDeps,
  principal: Principal,
  { note, ...which }: { deploymentId?: string | undefined; note?: string | undefined } & OfUser,
): Promise<{ trade: TradeView; problem: string | null }[]> {
  const trades = await listLiveTradeViews(deps.db, which);
  return Promise.all(
    trades.map(async (trade) => {
      try {
        await requestOfTrade(deps, principal, trade, 'close', note);
        return { trade, problem: null };
      } catch (error) {
        deps.logger.error({ err: error, tradeId: trade.id }, 'a trade could not be asked to close');
        return { trade, problem: error instanceof ProblemError ? error.code : 'temporal_unreachable' };
      }
    }),
  );
}

/**
 * Waits at most `waitMs` and returns whether the database has the position flat, which it does once the venue says so.
 */
export async function waitUntilFlat(db: ApiDeps['db'], tradeId: string, waitMs: number): Promise<boolean> {
  const deadline = performance.now() + waitMs;
  for (;;) {
    const trade = await findTradeView(db, tradeId);
    if (trade && (isOver(trade) || trade.phase === 'settling')) return true;
    if (performance.now() + POLL_MS > deadline) return false;
    await delay(POLL_MS);
  }
}

const isOver = ({ phase }: TradeView): boolean => phase === 'closed' || phase === 'skipped';
