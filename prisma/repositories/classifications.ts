import type { ClassifiedMessage } from '#classifiers/classifier.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { asJson, asPlainJson, fromJson } from './json.ts';
import { deferMessage } from './source-messages.ts';

/**
 * Stores the result of a classifier for a message, unless it has one. Resets the message's count of failures, so that
 * the next step has its own attempts.
 */
export async function storeClassification(
  db: DatabaseOrTransaction,
  { id: messageId, tries }: { id: string; tries: number },
  classifier: string,
  { reasons, ideas, decision, answer, ...classified }: ClassifiedMessage,
): Promise<void> {
  const row = {
    messageId,
    classifier,
    ...classified,
    reasons: asJson(reasons),
    ideas: asJson(ideas),
    ...(decision && { decidedBy: decision.by, decidedWhy: decision.why }),
    ...(answer && { answer: asPlainJson(answer) }),
  };
  await db.classification.createMany({ data: [row], skipDuplicates: true });
  if (tries > 0) await deferMessage(db, messageId, { tries: 0, retryAt: null });
}

/** Returns the classifier's result for the message, or null when it has none. */
export async function readClassification(
  db: DatabaseOrTransaction,
  messageId: string,
  classifier: string,
): Promise<ClassifiedMessage | null> {
  const row = await db.classification.findUnique({
    where: { messageId_classifier: { messageId, classifier } },
    select: { label: true, kind: true, confidence: true, reasons: true, ideas: true },
  });
  return row === null ? null : fromJson<ClassifiedMessage>(row);
}
