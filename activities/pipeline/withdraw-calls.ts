import { refusal } from '#domain/reasons.ts';
import type { DatabaseOrTransaction } from '#prisma/client.ts';
import { endStandingCalls, type StandingCall } from '#prisma/repositories/calls-of-author.ts';
import { recordSkips, skipSubjects } from '#prisma/repositories/skipped-signals.ts';

/**
 * Ends calls that a later post of their author takes back: a signal is refused as stale wherever it has no trade yet, and
 * a call that is held becomes no signal and says why.
 */
export async function withdrawCalls(
  tx: DatabaseOrTransaction,
  calls: readonly StandingCall[],
  now: number,
): Promise<void> {
  if (calls.length === 0) return;
  await endStandingCalls(tx, calls, now);
  const held = calls.filter(({ is }) => is === 'turning');
  await recordSkips(
    tx,
    held.map(({ messageId, agentId, symbol, side }) => ({
      subject: skipSubjects.idea(messageId, agentId, symbol, side),
      messageId,
      ...refusal('call_withdrawn'),
    })),
  );
}
