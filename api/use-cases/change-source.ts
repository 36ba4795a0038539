import { recordChange } from '#prisma/repositories/audit-log.ts';
import { changeSource, type SourceRecord } from '#prisma/repositories/source-accounts.ts';
import type { ApiDeps } from '../deps.ts';
import type { Principal } from '../plugins/auth.ts';
import { ProblemError } from '../problem.ts';
import type { SourceChange } from '../schemas/source.ts';
import { seal } from './add-source.ts';
import { checkPeriod, checkSecret, readOptions, sourceOfKind } from './source-input.ts';

/** Changes what a person sets of a source. Throws `source_refused` with the wrong field. */
export async function editSource(
  deps: ApiDeps,
  { name: actor }: Principal,
  found: SourceRecord,
  { options, secret, ...rest }: SourceChange,
): Promise<void> {
  const kind = sourceOfKind(deps.sources, found.kind);
  if (secret !== undefined) checkSecret(kind, secret !== null);
  checkPeriod(kind, rest.periodMs);
  const plain = {
    ...(options && { options: readOptions(kind, options) }),
    ...(rest.periodMs !== undefined && { periodMs: rest.periodMs }),
    ...(rest.monthlyReads !== undefined && { monthlyReads: rest.monthlyReads }),
  };
  const sealed = secret === undefined ? {} : { secret: seal(deps, found.id, secret) };
  await deps.db.$transaction(async (tx) => {
    await changeSource(tx, found.id, { ...plain, ...sealed }, deps.now());
    await recordChange(tx, {
      actor,
      action: 'source.change',
      subject: `source/${found.id}`,
      before: { options: found.options, periodMs: found.periodMs, monthlyReads: found.monthlyReads },
      after: { ...plain, ...(secret !== undefined && { hasSecret: secret !== null }) },
    });
  });
}

const STATUS_OF = { pause: 'paused', resume: 'active', remove: 'archived' } as const;

/**
 * Pauses, resumes or removes a source. Resumed, it is asked again at once, also where a refusal had stopped it. A removed
 * one keeps its messages. Throws `source_in_use` when agents listen to a source that is to be removed.
 */
export async function changeSourceStatus(
  deps: ApiDeps,
  { name: actor }: Principal,
  found: SourceRecord,
  action: keyof typeof STATUS_OF,
): Promise<void> {
  const status = STATUS_OF[action];
  if (action === 'remove' && found.agents.length > 0)
    throw new ProblemError(
      'source_in_use',
      `They are ${found.agents.slice(0, 5).join(', ')}${found.agentCount > 5 ? ' and others' : ''}.`,
    );
  await deps.db.$transaction(async (tx) => {
    await changeSource(tx, found.id, { status }, deps.now());
    await recordChange(tx, {
      actor,
      action: `source.${action}`,
      subject: `source/${found.id}`,
      before: { status: found.status, stopCode: found.stopCode },
      after: { status },
    });
  });
}
