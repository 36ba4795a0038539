import type { DatabaseOrTransaction } from '../client.ts';

export const MESSAGE_CHANNEL = 'message_stored';

/** Tells the pipeline, once the transaction is committed, that messages wait to be judged. */
export async function announceMessages(tx: DatabaseOrTransaction): Promise<void> {
  await tx.$executeRaw`SELECT pg_notify(${MESSAGE_CHANNEL}, '')`;
}
