import { log, proxyActivities, setCurrentDetails } from '@temporalio/workflow';
import type { ReconcileActivities } from '#activities/contract.ts';

export interface ReconcileInput {
  /** Only the accounts of this deployment. */
  deploymentId?: string;
  /** Read all resting orders and fills now, instead of every ten minutes. */
  full?: boolean;
}

/** Accounts in one run; the next run begins with the others. */
const MAX_ACCOUNTS = 200;
/** Accounts at once: trading shares the venue's request budget. */
const LANES = 4;

const { listAccountsToReconcile, reconcileAccount } = proxyActivities<ReconcileActivities>({
  startToCloseTimeout: '1m',
  scheduleToCloseTimeout: '3m',
  retry: { initialInterval: '1s', backoffCoefficient: 2, maximumInterval: '10s', maximumAttempts: 3 },
});

/** Compares the records of every account with its venue, and corrects them where they differ. */
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
        // An account that cannot be read does not hold up the others; the next run begins with it.
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
