import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { leaseSource } from '#prisma/repositories/source-polls.ts';
import type { IntakeActivities } from '../contract.ts';
import { beating } from '../beating.ts';
import { pollDueSources } from './poll-due-sources.ts';
import { pollSource, type PollDeps } from './poll-source.ts';

/** How long one run polls; its schedule starts the next one each minute. */
const ROUND_MS = 50_000;

/** Returns the activities that bring messages from their sources into the books. */
export function createIntakeActivities(deps: PollDeps): IntakeActivities {
  return {
    async ingestSource({ sourceAccountId }) {
      const leased = await leaseSource(deps.db, sourceAccountId, deps.now());
      if (leased === null) return { messages: 0, more: false };
      // The process that has it may have read past what is new by now, so it is read once more.
      if (leased === 'held') throw ApplicationFailure.retryable('another process reads it', 'source_held');
      const { messages, more, failed } = await pollSource(deps, leased, { announces: false });
      if (failed?.stopped) throw ApplicationFailure.nonRetryable(failed.text, failed.code);
      return { messages, more };
    },

    pollDueSources: ({ kind }) =>
      beating(() => {
        const signal = Context.current().cancellationSignal;
        return pollDueSources(deps, { kind, until: deps.now() + ROUND_MS, signal });
      }),
  };
}
