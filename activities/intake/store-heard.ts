import { inTransaction, type Database } from '#prisma/client.ts';
import { storeIdentity } from '#prisma/repositories/source-listening.ts';
import type { HeardDelivery } from '#sources/listening.ts';
import { storeDelivery } from './store-delivery.ts';

/** Stores what was heard of a source whole or not at all, with what the source calls itself. */
export const storeHeard = (
  db: Database,
  { sourceAccountId, now }: { sourceAccountId: string; now: number },
  { identity, spent, ...delivery }: HeardDelivery,
): Promise<void> =>
  inTransaction(db, async (tx) => {
    if (identity) await storeIdentity(tx, sourceAccountId, identity);
    await storeDelivery(tx, { sourceAccountId, now, ...(spent && { spent }) }, delivery);
  });
