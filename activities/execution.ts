import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import type { ExecutionActivities } from './contract.ts';
import type { ExecutionDeps } from './execution/context.ts';
import { confirmExit, startExit } from './execution/exits.ts';
import { openPosition } from './execution/open-position.ts';
import { adjustBarriers, InvalidBarriersError, protectPosition, reviewPosition } from './execution/review.ts';

/** Everything that sends orders, as the workflow may ask for it. */
export function createExecutionActivities(deps: ExecutionDeps): ExecutionActivities {
  return {
    openPosition: (input) => openPosition(deps, input),
    protectPosition: (input) => protectPosition(deps, input),
    async closePosition({ tradeId, reason, by }) {
      await startExit(deps, { tradeId }, { reason, by, price: null });
    },
    confirmExit: (input) => confirmExit(deps, input, () => Context.current().heartbeat()),
    reviewPosition: (input) => reviewPosition(deps, input),
    async adjustBarriers(input) {
      try {
        return await adjustBarriers(deps, input);
      } catch (error) {
        if (!(error instanceof InvalidBarriersError)) throw error;
        throw ApplicationFailure.nonRetryable(error.message, 'InvalidBarriers');
      }
    },
  };
}
