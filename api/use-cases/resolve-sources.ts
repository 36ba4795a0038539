import type { DatabaseOrTransaction } from '#prisma/client.ts';
import type { SourceWeight } from '#prisma/repositories/agents.ts';
import { findSource, findSourceByHandle } from '#prisma/repositories/source-accounts.ts';
import type { Sources } from '#sources/source.ts';
import { ProblemError } from '../problem.ts';
import type { SourceWeightInput } from '../schemas/agent.ts';
import { readHandle, refuseField, sourceOfKind } from './source-input.ts';

interface SourceDeps {
  db: DatabaseOrTransaction;
  sources: Sources;
  /** False for who listens only to sources that are there. */
  mayAdd: boolean;
}

/**
 * Returns the sources that an agent is to listen to. One that is named by kind and handle may be new where
 * `mayAdd`, unless its kind needs a secret.
 *
 * @throws `source_not_found`, and `source_refused` for one that can never be read.
 */
export const resolveSources = (
  deps: SourceDeps,
  inputs: readonly SourceWeightInput[],
): Promise<SourceWeight[]> => Promise.all(inputs.map((input) => resolve(deps, input)));

async function resolve({ db, sources, mayAdd }: SourceDeps, input: SourceWeightInput): Promise<SourceWeight> {
  if ('sourceId' in input) {
    const found = await findSource(db, input.sourceId);
    if (!found) throw new ProblemError('source_not_found', `There is no source ${input.sourceId}.`);
    return { kind: found.kind, handle: found.handle, weight: input.weight };
  }
  const kind = sourceOfKind(sources, input.kind);
  const handle = readHandle(kind, input.handle);
  const isThere = async () => (await findSourceByHandle(db, input.kind, handle)) !== null;
  if (!mayAdd && !(await isThere()))
    throw new ProblemError('source_not_found', `There is no source ${handle}; an admin adds sources.`);
  if (kind.secret === 'required' && !(await isThere()))
    throw refuseField('/sources', `add the ${input.kind} source first: it needs a secret`);
  return { ...input, handle };
}
