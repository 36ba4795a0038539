import { Context } from '@temporalio/activity';
import { beating } from '../beating.ts';
import type { ListeningActivities } from '../contract.ts';
import { listenToSources } from './listen-to-sources.ts';
import type { PollDeps } from './poll-source.ts';

/** Returns the long activity that listens to the sources of a kind. Temporal runs it on one worker at a time. */
export const createListeningActivities = (deps: PollDeps): ListeningActivities => ({
  listenToSources: ({ kind }) =>
    beating(() => listenToSources(deps, { kind, signal: Context.current().cancellationSignal })),
});
