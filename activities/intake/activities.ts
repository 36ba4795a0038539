import { ApplicationFailure } from '@temporalio/common';
import { listActiveSources } from '#prisma/repositories/source-accounts.ts';
import { leaseSource } from '#prisma/repositories/source-polls.ts';
import type { IntakeActivities } from '../contract.ts';
import { pollSource, type PollDeps } from './poll-source.ts';

/** Returns the activities that bring messages from their sources into the books. */
export function createIntakeActivities(deps: PollDeps): IntakeActivities {
  return {
    async ingestSource({ sourceAccountId }) {
      const leased = await leaseSource(deps.db, sourceAccountId, deps.now());
      if (leased === null) return { messages: 0, more: false };
      // The process that has it may have read past what is new by now, so it is read once more.
      if (leased === 'held') throw ApplicationFailure.retryable('another process reads it', 'source_held');
      const { messages, more, failed } = await pollSource(deps, leased);
      if (failed?.stopped) throw ApplicationFailure.nonRetryable(failed.text, failed.code);
      return { messages, more };
    },

    async listSources() {
      const sources = await listActiveSources(deps.db);
      return sources.map(({ id, kind, handle }) => ({ sourceAccountId: id, kind, handle }));
    },
  };
}
