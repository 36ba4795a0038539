import { recordChange } from '#prisma/repositories/audit-log.ts';
import { timeOrderedId } from '#prisma/repositories/rows.ts';
import {
  changeSource,
  createSource,
  findSourceByHandle,
  type SourceRecord,
  type SourceSettings,
} from '#prisma/repositories/source-accounts.ts';
import { sealSecret } from '#sources/secret.ts';
import { SourceBlocked } from '#sources/errors.ts';
import type { ApiDeps } from '../deps.ts';
import type { Principal } from '../plugins/auth.ts';
import { ProblemError } from '../problem.ts';
import type { SourceInput } from '../schemas/source.ts';
import {
  checkPeriod,
  checkSecret,
  readHandle,
  readOptions,
  refuseField,
  sourceOfKind,
} from './source-input.ts';

/**
 * Adds a source; one that was archived comes back with the settings given. Returns its id.
 *
 * @throws `source_refused` with the wrong field, `source_exists`.
 */
export async function addSource(
  deps: ApiDeps,
  { name: actor }: Principal,
  input: SourceInput,
): Promise<string> {
  const kind = sourceOfKind(deps.sources, input.kind);
  const handle = readHandle(kind, input.handle);
  const options = readOptions(kind, input.options);
  checkSecret(kind, input.secret !== undefined);
  checkPeriod(kind, input.periodMs);
  const { periodMs, monthlyReads } = input;
  const earlier = await findSourceByHandle(deps.db, input.kind, handle);
  if (earlier && earlier.status !== 'archived') throw exists(earlier);
  const id = earlier?.id ?? timeOrderedId(deps.now());
  const settings = { options, periodMs, monthlyReads, secret: seal(deps, id, input.secret) };
  await deps.db.$transaction(async (tx) => {
    if (earlier) await changeSource(tx, id, { ...settings, status: 'active' }, deps.now());
    else if (!(await createSource(tx, { id, kind: input.kind, handle, ...settings })))
      throw exists({ handle });
    const after = {
      kind: input.kind,
      handle,
      options,
      periodMs,
      monthlyReads,
      hasSecret: settings.secret !== null,
    };
    await recordChange(tx, { actor, action: 'source.add', subject: `source/${id}`, after });
  });
  return id;
}

const exists = ({ handle, id }: Pick<SourceRecord, 'handle'> & { id?: string }): ProblemError =>
  new ProblemError('source_exists', `${handle} is a source already${id === undefined ? '' : ` (${id})`}.`);

/** Seals the secret of a source; null for none. Throws `source_refused` where no key is configured. */
export function seal(
  { sourceKeys }: Pick<ApiDeps, 'sourceKeys'>,
  id: string,
  secret: string | null | undefined,
): SourceSettings['secret'] {
  if (secret === null || secret === undefined) return null;
  try {
    return sealSecret(sourceKeys, id, secret);
  } catch (error) {
    throw error instanceof SourceBlocked ? refuseField('/secret', error.message) : error;
  }
}
