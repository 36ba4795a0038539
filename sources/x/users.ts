import { z } from 'zod';
import { SourceDown } from '../errors.ts';
import { askX, type XAccess, type XRequest } from './api.ts';
import { toMissingAccountError } from './failure.ts';

const answer = z.object({
  data: z.object({ id: z.string().regex(/^\d{1,19}$/), username: z.string() }).optional(),
  errors: z.array(z.unknown()).optional(),
});

/** An account: its id stays, its name may change. */
export interface XUser {
  id: string;
  username: string;
}

/**
 * Returns the account that has this name now. Throws `SourceBlocked` with code `x_account_gone` where there is none.
 */
export async function findUser(
  access: XAccess,
  username: string,
  { signal, now }: Pick<XRequest, 'signal' | 'now'>,
): Promise<XUser> {
  const body = await askX(access, { path: `/2/users/by/username/${username}`, signal, now });
  const read = answer.safeParse(body);
  if (!read.success) throw new SourceDown('X answers the look-up of an account in an unknown shape');
  const { data, errors = [] } = read.data;
  if (!data) throw toMissingAccountError(errors);
  return data;
}
