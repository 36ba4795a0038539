import type { Database } from '#prisma/client.ts';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import { endSessions } from '#prisma/repositories/sessions.ts';
import {
  changeUser,
  countAdmins,
  createUser,
  findUser,
  type UserDraft,
  type UserRecord,
} from '#prisma/repositories/users.ts';
import type { ApiDeps } from '../deps.ts';
import type { Principal } from '../plugins/auth.ts';
import { ProblemError } from '../problem.ts';
import type { UserChange } from '../schemas/user.ts';
import { lockApiKeys } from './first-key.ts';

/** Adds a user. Throws `user_exists` where the name or the wallet is another's. */
export const addUser = (db: Database, { name: actor }: Principal, input: UserDraft): Promise<UserRecord> =>
  db.$transaction(async (tx) => {
    const draft = { ...input, walletAddress: input.walletAddress?.toLowerCase() ?? null };
    const made = await createUser(tx, draft);
    if (!made) throw new ProblemError('user_exists');
    await recordChange(tx, { actor, action: 'user.create', subject: `user/${made.id}`, after: draft });
    return made;
  });

/** Changes a user. Throws `user_not_found`, `user_exists`, or `last_admin` when no admin would be left. */
export const editUser = (
  { db, now }: Pick<ApiDeps, 'db' | 'now'>,
  { name: actor }: Principal,
  { id, change }: { id: string; change: UserChange },
): Promise<UserRecord> =>
  db.$transaction(async (tx) => {
    await lockApiKeys(tx);
    const before = await findUser(tx, id);
    if (!before) throw new ProblemError('user_not_found', `There is no user ${id}.`);
    if (!(await changeUser(tx, id, toColumns(change, now())))) throw new ProblemError('user_exists');
    if ((await countAdmins(tx)) === 0) throw new ProblemError('last_admin');
    // Who holds the wallet of before is nobody here any more.
    if (change.walletAddress !== undefined || change.disabled === true)
      await endSessions(tx, { userId: id }, now());
    const after = (await findUser(tx, id)) ?? before;
    await recordChange(tx, { actor, action: 'user.change', subject: `user/${id}`, before, after });
    return after;
  });

const toColumns = ({ name, role, walletAddress, disabled }: UserChange, now: number) => ({
  ...(name !== undefined && { name }),
  ...(role !== undefined && { role }),
  ...(walletAddress !== undefined && { walletAddress: walletAddress?.toLowerCase() ?? null }),
  ...(disabled !== undefined && { disabledAt: disabled ? now : null }),
});
