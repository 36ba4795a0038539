import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { beating } from '../beating.ts';
import type { ExecutionActivities, PositionReview, TradeRef } from '../contract.ts';
import { TRADE_NOT_OPEN } from '#domain/failure-types.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { ExecutionDeps } from './context.ts';
import { adjustBarriers } from './adjust-barriers.ts';
import { InvalidBarriersError } from './adjustment-plan.ts';
import { alarmIfUnread } from './alarm-if-unread.ts';
import { closePosition } from './close-position.ts';
import { confirmExit } from './confirm-exit.ts';
import { endIfFatal } from './end-if-fatal.ts';
import { followInstruction } from './follow-instruction.ts';
import { openPosition } from './open-position.ts';
import { protectPosition } from './protect-position.ts';
import { tellTrouble } from '../ledger/tell-trouble.ts';
import { reviewPosition } from './review-position.ts';

/** Returns the activities that send orders. */
export function createExecutionActivities(deps: ExecutionDeps): ExecutionActivities {
  return {
    openPosition: (input) =>
      beating(() => tellTrouble(deps, input, 'entry', () => openPosition(deps, input))),
    protectPosition: (input) => beating(() => protectPosition(deps, input)),
    closePosition: ({ tradeId, reason, by }) =>
      beating(() =>
        tellExit(deps, { tradeId }, async () => {
          await closePosition(deps, { tradeId }, { reason, by, price: null });
        }),
      ),
    confirmExit: (input) => beating(() => tellExit(deps, input, () => confirmExit(deps, input))),
    reviewPosition: (input) =>
      beating(() => endIfFatal(deps, input, 'look', () => reviewPosition(deps, input))),
    followInstruction: (input) =>
      beating(() => endIfFatal(deps, input, 'post', () => followInstruction(deps, input))),
    adjustBarriers: (input) =>
      beating(() => endIfFatal(deps, input, 'adjustment', () => adjustOpen(deps, input))),
  };
}

/** Runs a step of a close, and tells of what keeps it from its end. */
const tellExit = <Result>(
  deps: ExecutionDeps,
  input: TradeRef,
  step: () => Promise<Result>,
): Promise<Result> => tellTrouble(deps, input, 'exit', () => alarmIfUnread(deps, input, step));

type AdjustInput = Parameters<ExecutionActivities['adjustBarriers']>[0];

/** Replaces the exits of an open trade. Throws `TRADE_NOT_OPEN` when its end begins before or during that. */
async function adjustOpen(deps: ExecutionDeps, input: AdjustInput): Promise<PositionReview> {
  await refuseUnlessOpen(deps, input);
  const review = await adjustBarriers(deps, { ...input, request: requestId() }).catch(finalIfInvalid);
  await refuseUnlessOpen(deps, input);
  return review;
}

async function refuseUnlessOpen({ db }: ExecutionDeps, { tradeId }: TradeRef): Promise<void> {
  const { phase } = await getTrade(db, tradeId);
  if (phase === 'open') return;
  const text = `The trade is ${phase}: only an open trade's exits can be changed.`;
  throw ApplicationFailure.nonRetryable(text, TRADE_NOT_OPEN);
}

/** Returns the name of this request, which all attempts at it share. */
function requestId(): string {
  const { workflowExecution, activityId } = Context.current().info;
  return `${workflowExecution?.runId}/${activityId}`;
}

/** Throws exits that do not fit as a failure that is not retried. */
function finalIfInvalid(error: unknown): never {
  if (!(error instanceof InvalidBarriersError)) throw error;
  throw ApplicationFailure.nonRetryable(error.message, 'InvalidBarriers', error.code);
}
