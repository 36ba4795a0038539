import { log, proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import type { ReconcileActivities } from '#activities/contract.ts';

export interface ReconcileInput {
  /** Only the accounts of this deployment. */
  deploymentId?: string;
  /** Ask for every resting order and fill now, rather than every ten minutes. */
  full?: boolean;
}

/** Accounts of one run; the rest come first in the next one. */
const MAX_ACCOUNTS = 200;
/** Accounts at a time: the venue's request budget is shared with trading. */
const LANES = 4;

const { listAccountsToReconcile, reconcileAccount } = proxyActivities<ReconcileActivities>({
  startToCloseTimeout: '1m',
  scheduleToCloseTimeout: '3m',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '10s', maximumAttempts: 3 },
});

/** Holds the books of every account against its venue, and brings them together where they differ. */
export async function reconcile({ deploymentId, full = false }: ReconcileInput = {}): Promise<{
  accounts: number;
  corrections: number;
  failed: number;
}> {
  const accounts = await listAccountsToReconcile({
    limit: MAX_ACCOUNTS,
    ...(deploymentId === undefined ? {} : { deploymentId }),
  });
  const result = { accounts: accounts.length, corrections: 0, failed: 0 };
  const waiting = [...accounts];
  const work = async (): Promise<void> => {
    for (let account = waiting.shift(); account; account = waiting.shift()) {
      try {
        result.corrections += (await reconcileAccount({ account, full })).corrections;
      } catch (error) {
        // The others are not to wait for one that cannot be read; it comes first in the next run.
        result.failed += 1;
        log.warn('an account could not be compared', { accountId: account.accountId, error: String(error) });
      }
    }
  };
  await Promise.all(Array.from({ length: LANES }, work));
  setCurrentDetails(
    `${result.accounts} accounts compared, ${result.corrections} corrections, ${result.failed} failed`,
  );
  return result;
}
