import type { ClassifiedMessage } from '#classifiers/classifier.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { asJson, fromJson } from './json.ts';

/** Stores what a classifier made of a message; the first word of each classifier stands. */
export async function storeClassification(
  db: DatabaseOrTransaction,
  messageId: string,
  classifier: string,
  { reasons, ideas, ...classified }: ClassifiedMessage,
): Promise<void> {
  const row = { messageId, classifier, ...classified, reasons: asJson(reasons), ideas: asJson(ideas) };
  await db.classification.createMany({ data: [row], skipDuplicates: true });
}

/** What the classifier made of the message, or null when it has not seen it. */
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
