import type { DatabaseOrTransaction } from '../client.ts';

/** A person who owns agents or deploys them. */
export interface UserRecord {
  id: string;
  name: string;
}

/** The name of the user made at first start. */
export const OWNER_NAME = 'owner';

/** The owner of a fresh installation: made now, or the one that is already there. */
export async function ensureOwner(db: DatabaseOrTransaction): Promise<UserRecord> {
  await db.user.createMany({ data: [{ name: OWNER_NAME, role: 'admin' }], skipDuplicates: true });
  return db.user.findUniqueOrThrow({ where: { name: OWNER_NAME }, select: { id: true, name: true } });
}
