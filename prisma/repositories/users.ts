import type { Role } from '#domain/access.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import type { User as Row } from '../generated/client.ts';
import { isUniqueViolation, ms, msOrNull } from './rows.ts';

/** A person who owns agents or deploys them. */
export interface UserRecord {
  id: string;
  name: string;
  role: Role;
  /** Lower-case address of the wallet that signs the user in; null for one who has keys only. */
  walletAddress: string | null;
  createdAt: number;
  /** Keys and sessions open nothing from then on; null while they do. */
  disabledAt: number | null;
}

/** The name of the user made at first start. */
export const OWNER_NAME = 'owner';

const toRecord = ({ id, name, role, walletAddress, createdAt, disabledAt }: Row): UserRecord => ({
  id,
  name,
  role,
  walletAddress,
  createdAt: ms(createdAt),
  disabledAt: msOrNull(disabledAt),
});

/** The owner of a fresh installation: made now, or the one that is already there. */
export async function ensureOwner(db: DatabaseOrTransaction): Promise<UserRecord> {
  await db.user.createMany({ data: [{ name: OWNER_NAME, role: 'admin' }], skipDuplicates: true });
  return toRecord(await db.user.findUniqueOrThrow({ where: { name: OWNER_NAME } }));
}

/** The columns of a new user. */
export interface UserDraft {
  name: string;
  role: Role;
  walletAddress: string | null;
}

/** Makes a user; null when the name or the wallet is another's. */
export async function createUser(db: DatabaseOrTransaction, draft: UserDraft): Promise<UserRecord | null> {
  const [row] = await db.user.createManyAndReturn({ data: [draft], skipDuplicates: true });
  return row ? toRecord(row) : null;
}

/** The user, or null. */
export async function findUser(db: DatabaseOrTransaction, id: string): Promise<UserRecord | null> {
  const row = await db.user.findUnique({ where: { id } });
  return row && toRecord(row);
}

/** The user of a wallet, given in lower case, or null. */
export async function findUserByWallet(
  db: DatabaseOrTransaction,
  walletAddress: string,
): Promise<UserRecord | null> {
  const row = await db.user.findUnique({ where: { walletAddress } });
  return row && toRecord(row);
}

/** Users, newest first; `after` is the id of the last one of the page before. */
export async function listUsers(
  db: DatabaseOrTransaction,
  { limit, after }: { limit: number; after?: string },
): Promise<UserRecord[]> {
  const rows = await db.user.findMany({
    where: after === undefined ? {} : { id: { lt: after } },
    orderBy: { id: 'desc' },
    take: limit,
  });
  return rows.map(toRecord);
}

/** Changes what is given. Returns false when the name or the wallet is another's. */
export async function changeUser(
  db: DatabaseOrTransaction,
  id: string,
  { disabledAt, ...change }: Partial<UserDraft> & { disabledAt?: number | null },
): Promise<boolean> {
  const data = {
    ...change,
    ...(disabledAt !== undefined && { disabledAt: disabledAt === null ? null : new Date(disabledAt) }),
  };
  try {
    await db.user.update({ where: { id }, data });
    return true;
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
}

/** How many admins are not disabled. */
export const countAdmins = (db: DatabaseOrTransaction): Promise<number> =>
  db.user.count({ where: { role: 'admin', disabledAt: null } });
