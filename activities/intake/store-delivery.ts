import { refusal } from '#domain/reasons.ts';
import type { DatabaseOrTransaction } from '#prisma/client.ts';
import { fillDeleted } from '#prisma/repositories/message-deletions.ts';
import { announceMessages } from '#prisma/repositories/message-announcements.ts';
import { recordSkips, skipSubjects, type SkipDraft } from '#prisma/repositories/skipped-signals.ts';
import { addToDay, type SourceCounts } from '#prisma/repositories/source-days.ts';
import { storeMessages, type MessageDraft } from '#prisma/repositories/source-messages.ts';
import type { Delivery, IncomingMessage, MalformedMessage, PollResult } from '#sources/source.ts';
import { recordDeletions } from './record-deletions.ts';
import { recordRevisions } from './record-revisions.ts';

/** Where a delivery comes from, and how it is to be taken. */
export interface DeliveryContext {
  sourceAccountId: string;
  /** Epoch ms. */
  now: number;
  /** True for what was there before the source was added: it is remembered and never traded. */
  isBacklog?: boolean;
  spent?: PollResult['spent'];
  /** False where the caller itself has new messages evaluated; else the pipeline hears of them. */
  announces?: boolean;
}

/**
 * Stores a delivery: each message once, each later text as a revision, each deletion, and a skip with its reason for
 * everything that is not traded. New messages are announced to the pipeline, which evaluates them at once. Call it in a
 * transaction: the whole delivery is stored or nothing. Returns what was new.
 */
export async function storeDelivery(
  tx: DatabaseOrTransaction,
  context: DeliveryContext,
  delivery: Delivery,
): Promise<SourceCounts> {
  const { sourceAccountId, now, isBacklog = false, announces = true, spent } = context;
  const messages = delivery.messages.map(toDraft);
  const edits = delivery.edits.map(toDraft);
  const fresh = await storeMessages(tx, sourceAccountId, messages, isBacklog ? now : null);
  if (isBacklog)
    await recordSkips(
      tx,
      fresh.map(({ id }) => toMessageSkip(id, 'posted_before_source')),
    );
  const unread = await storeMessages(tx, sourceAccountId, edits, now);
  await recordSkips(
    tx,
    unread.map(({ id }) => toMessageSkip(id, 'edited_before_read')),
  );
  const known = without([...messages, ...edits], [...fresh, ...unread]);
  const counts = {
    messages: fresh.length + unread.length,
    edits: await recordKnown(tx, context, known),
    deletions: await recordDeletions(tx, context, delivery.deletions),
    malformed: await recordSkips(
      tx,
      delivery.malformed.map((each) => toSkip(sourceAccountId, each)),
    ),
    reads: spent?.reads ?? 0,
    costUsd: spent?.usd ?? '0',
  };
  if (isAnything(counts)) await addToDay(tx, sourceAccountId, now, counts);
  if (announces && fresh.length > 0 && !isBacklog) await announceMessages(tx);
  return counts;
}

const isAnything = ({ messages, edits, deletions, malformed, reads }: SourceCounts): boolean =>
  messages + edits + deletions + malformed + reads > 0;

const toDraft = ({ externalId, author, text, ...rest }: IncomingMessage): MessageDraft => ({
  ...rest,
  externalId: storable(externalId),
  author: storable(author),
  text: storable(text),
});

/** Returns the drafts of messages that are not among the ones just stored, which each take one draft of their id. */
function without(drafts: readonly MessageDraft[], stored: readonly { externalId: string }[]): MessageDraft[] {
  const ids = new Set(stored.map(({ externalId }) => externalId));
  return drafts.filter(({ externalId }) => !ids.delete(externalId));
}

/** Handles messages that are stored already; returns how many of them have a text that is new. */
async function recordKnown(
  tx: DatabaseOrTransaction,
  { sourceAccountId, now }: DeliveryContext,
  known: readonly MessageDraft[],
): Promise<number> {
  if (known.length === 0) return 0;
  const filled = await fillDeleted(tx, sourceAccountId, known);
  return recordRevisions(tx, {
    sourceAccountId,
    now,
    drafts: known.filter(({ externalId }) => !filled.has(externalId)),
  });
}

const toMessageSkip = (
  messageId: string,
  code: 'posted_before_source' | 'edited_before_read',
): SkipDraft => ({ subject: skipSubjects.message(messageId), messageId, ...refusal(code) });

const toSkip = (accountId: string, { externalId, problem }: MalformedMessage): SkipDraft => ({
  subject: skipSubjects.malformedMessage(accountId, storable(externalId)),
  ...refusal('malformed_message', storable(problem)),
});

/** Postgres takes neither the NUL character nor half a surrogate pair. */
const storable = (text: string): string => text.toWellFormed().replaceAll('\u0000', '\u{FFFD}');
