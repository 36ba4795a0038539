import { refusal } from '#domain/reasons.ts';
import type { DatabaseOrTransaction } from '#prisma/client.ts';
import {
  listTradesOn,
  storeRevisions,
  type MessageRevisionRow,
} from '#prisma/repositories/message-revisions.ts';
import { recordSkips, skipSubjects, type SkipDraft } from '#prisma/repositories/skipped-signals.ts';
import { closeMessages, type MessageDraft } from '#prisma/repositories/source-messages.ts';
import { recordTradeEvent, type TradeEventDraft } from '#prisma/repositories/trade-events.ts';

/**
 * Records posts that were edited since they were read: a revision each, its reason, and a line in the story of every
 * trade that was taken on the post. An edited post opens and closes nothing: one that waits to be judged waits no more.
 * Returns how many are new.
 */
export async function recordRevisions(
  tx: DatabaseOrTransaction,
  { sourceAccountId, drafts, now }: { sourceAccountId: string; drafts: readonly MessageDraft[]; now: number },
): Promise<number> {
  const revisions = await storeRevisions(tx, sourceAccountId, drafts);
  if (revisions.length === 0) return 0;
  const ids = revisions.map(({ messageId }) => messageId);
  await closeMessages(tx, ids, now);
  await recordSkips(tx, revisions.map(toSkip));
  const trades = await listTradesOn(tx, ids);
  const lines = revisions.flatMap((revision) =>
    trades
      .filter(({ messageId }) => messageId === revision.messageId)
      .map(({ tradeId }) => toLine(tradeId, revision)),
  );
  if (lines.length > 0) await recordTradeEvent(tx, ...lines);
  return revisions.length;
}

const toSkip = ({ id, messageId, text }: MessageRevisionRow): SkipDraft => ({
  subject: skipSubjects.revision(id),
  messageId,
  ...refusal('message_edited', `It says now: ${shortened(text)}`),
});

const toLine = (tradeId: string, { id, text }: MessageRevisionRow): TradeEventDraft => ({
  tradeId,
  key: `message-edited/${id}`,
  type: 'message_edited',
  text: `the post it was taken on was edited; its first text stands. It says now: ${shortened(text)}`,
  data: { revisionId: id },
});

const MAX_SHOWN = 280;

const shortened = (text: string): string => {
  const line = text.replaceAll(/\s+/gu, ' ').trim();
  return line.length <= MAX_SHOWN ? line : `${line.slice(0, MAX_SHOWN - 1).toWellFormed()}…`;
};
