import { Context } from '@temporalio/activity';
import { ApplicationFailure } from '@temporalio/common';
import { leaseSource } from '#prisma/repositories/source-polls.ts';
import type { IntakeActivities } from '../contract.ts';
import { beating } from '../beating.ts';
import { pollDueSources } from './poll-due-sources.ts';
import { pollSource, type PollDeps } from './poll-source.ts';

const MINUTE_MS = 60_000;
/** So long before the next run of its schedule a run ends: that one would be left out while this one runs. */
const ENDS_BEFORE_MS = 3_000;
const SHORTEST_ROUND_MS = 1_000;

/** Returns how long a run polls that the server began at a time: until shortly before the next minute of its clock. */
const roundLength = (begunAt: number): number =>
  Math.max(SHORTEST_ROUND_MS, MINUTE_MS - (begunAt % MINUTE_MS) - ENDS_BEFORE_MS);

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
        const { info, cancellationSignal: signal } = Context.current();
        const until = deps.now() + roundLength(info.currentAttemptScheduledTimestampMs);
        return pollDueSources(deps, { kind, until, signal });
      }),
  };
}
