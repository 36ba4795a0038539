import { subscriptionBills, type Bill } from '#domain/billing.ts';
import type { DeploymentId } from '#domain/ids.ts';
import { inTransaction, type Database } from '#prisma/client.ts';
import {
  holdStanding,
  insertSubscriptions,
  listSubscribers,
  type Subscriber,
} from '#prisma/repositories/bills.ts';
import { announceStatements } from '#prisma/repositories/statements.ts';

/** Deployments that are billed in one statement. */
const PAGE = 500;

/**
 * Bills every month that has begun and is not billed yet, of deployments whose trial is over; what an outage left over
 * as well. At the beginning of a month it announces the statements of the one before. Returns the number of new bills.
 */
export async function billMonths({
  db,
  now,
}: {
  db: Database;
  now: () => number;
}): Promise<{ bills: number }> {
  const at = now();
  let bills = 0;
  let after: string | null = null;
  do {
    const page: Subscriber[] = await listSubscribers(db, { now: at, after, limit: PAGE });
    bills += await billPage(db, page, at);
    after = page.length === PAGE ? (page.at(-1)?.deploymentId ?? null) : null;
  } while (after !== null);
  await announceStatements(db, at);
  return { bills };
}

/** Bills deployments that have not ended meanwhile: one that ends is credited by the months that are billed then. */
const billPage = (db: Database, page: readonly Subscriber[], at: number): Promise<number> =>
  inTransaction(db, async (tx) => {
    const standing = await holdStanding(
      tx,
      page.map(({ deploymentId }) => deploymentId),
    );
    const billed = page.filter(({ deploymentId }) => standing.has(deploymentId));
    return insertSubscriptions(
      tx,
      billed.flatMap((subscriber) => monthsOf(subscriber, at)),
    );
  });

/** Returns the bills of the months that began since billing was turned on. */
const monthsOf = (
  { deploymentId, trialEndsAt, billedSince }: Subscriber,
  now: number,
): (Bill & { deploymentId: DeploymentId })[] =>
  subscriptionBills(deploymentId, trialEndsAt, { since: billedSince, until: now }).map((bill) => ({
    ...bill,
    deploymentId,
  }));
