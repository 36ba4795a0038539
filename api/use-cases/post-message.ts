import { randomUUID } from 'node:crypto';
import { storeDelivery } from '#activities/intake/store-delivery.ts';
import type { SourceRecord } from '#prisma/repositories/source-accounts.ts';
import { NOTHING_DELIVERED } from '#sources/source.ts';
import type { ApiDeps } from '../deps.ts';
import type { Principal } from '../plugins/auth.ts';
import { ProblemError } from '../problem.ts';
import type { MessageStored } from '../schemas/source.ts';
import { refuseField } from './source-input.ts';

interface PostedMessage {
  text: string;
  id?: string | undefined;
  author?: string | undefined;
}

/** Stores a message that was posted by hand; the pipeline evaluates it at once. Throws `source_refused` for other kinds. */
export async function postMessage(
  { db, now }: ApiDeps,
  { name }: Principal,
  found: SourceRecord,
  { text, id = randomUUID(), author = name }: PostedMessage,
): Promise<MessageStored> {
  if (found.kind !== 'manual')
    throw refuseField('/id', `messages are posted to manual sources only, not to ${found.kind} ones`);
  if (found.status !== 'active') throw new ProblemError('source_refused', `The source is ${found.status}.`);
  const at = now();
  const message = { externalId: id, author, text, postedAt: at };
  const { messages } = await db.$transaction((tx) =>
    storeDelivery(tx, { sourceAccountId: found.id, now: at }, { ...NOTHING_DELIVERED, messages: [message] }),
  );
  return { externalId: id, isNew: messages > 0 };
}
