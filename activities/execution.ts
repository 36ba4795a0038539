import { ApplicationFailure } from '@temporalio/common';
import { beating } from './beating.ts';
import type { ExecutionActivities } from './contract.ts';
import type { ExecutionDeps } from './execution/context.ts';
import { adjustBarriers, InvalidBarriersError } from './execution/adjust-barriers.ts';
import { startExit } from './execution/close-position.ts';
import { confirmExit } from './execution/confirm-exit.ts';
import { openPosition } from './execution/open-position.ts';
import { protectPosition } from './execution/protect-position.ts';
import { reviewPosition } from './execution/review-position.ts';

/** Everything that sends orders, as the workflow may ask for it. */
export function createExecutionActivities(deps: ExecutionDeps): ExecutionActivities {
  return {
    openPosition: (input) => beating(() => openPosition(deps, input)),
    protectPosition: (input) => beating(() => protectPosition(deps, input)),
    closePosition: ({ tradeId, reason, by }) =>
      beating(async () => {
        await startExit(deps, { tradeId }, { reason, by, price: null });
      }),
    confirmExit: (input) => beating(() => confirmExit(deps, input)),
    reviewPosition: (input) => beating(() => reviewPosition(deps, input)),
    adjustBarriers: (input) => beating(() => adjustBarriers(deps, input).catch(finalIfInvalid)),
  };
}

/** Exits that do not fit will not fit the next time either. */
function finalIfInvalid(error: unknown): never {
  if (!(error instanceof InvalidBarriersError)) throw error;
  throw ApplicationFailure.nonRetryable(error.message, 'InvalidBarriers');
}
