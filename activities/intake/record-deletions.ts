import { refusal } from '#domain/reasons.ts';
import type { DatabaseOrTransaction } from '#prisma/client.ts';
import { storeDeletions, type DeletionRow } from '#prisma/repositories/message-deletions.ts';
import { listTradesOn } from '#prisma/repositories/message-revisions.ts';
import { recordSkips, skipSubjects, type SkipDraft } from '#prisma/repositories/skipped-signals.ts';
import { closeMessages } from '#prisma/repositories/source-messages.ts';
import { recordTradeEvent, type TradeEventDraft } from '#prisma/repositories/trade-events.ts';
import type { DeletedMessage } from '#sources/source.ts';

/**
 * Records that posts were deleted: each with its reason, and a line in the story of every trade that was taken on it. A
 * deleted post opens and closes nothing. Returns how many are new.
 */
export async function recordDeletions(
  tx: DatabaseOrTransaction,
  { sourceAccountId, now }: { sourceAccountId: string; now: number },
  deletions: readonly DeletedMessage[],
): Promise<number> {
  if (deletions.length === 0) return 0;
  const rows = await storeDeletions(tx, sourceAccountId, deletions);
  const ids = rows.map(({ messageId }) => messageId);
  await closeMessages(tx, ids, now);
  await recordSkips(tx, rows.map(toSkip));
  const trades = await listTradesOn(tx, ids);
  if (trades.length > 0) await recordTradeEvent(tx, ...trades.map(toLine));
  return rows.length;
}

const toSkip = ({ messageId, wasRead }: DeletionRow): SkipDraft => ({
  subject: skipSubjects.deletion(messageId),
  messageId,
  ...refusal('message_deleted', wasRead ? undefined : 'It was deleted before it was read.'),
});

const toLine = ({ tradeId, messageId }: { tradeId: string; messageId: string }): TradeEventDraft => ({
  tradeId,
  key: `message-deleted/${messageId}`,
  type: 'message_deleted',
  text: 'the post it was taken on was deleted; the trade goes on under its own exits',
  data: { messageId },
});
