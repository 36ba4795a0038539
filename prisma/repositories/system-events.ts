import type { VenueName } from '#domain/ids.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { asPlainJson } from './json.ts';

/** An event of no single trade, as people read it. `key` is unique: recording it again changes nothing. */
export interface SystemEventDraft {
  key: string;
  type: string;
  text: string;
  data?: Record<string, unknown>;
  /** Whom it concerns: one of these, and everybody where none is given. */
  userId?: string;
  deploymentId?: string;
  agentId?: string;
  sourceAccountId?: string;
  venue?: VenueName;
}

/** Records events, each at most once. The caller passes the transaction of what happened. */
export async function recordSystemEvent(
  db: DatabaseOrTransaction,
  ...events: SystemEventDraft[]
): Promise<void> {
  await db.systemEvent.createMany({
    data: events.map((event) => ({ ...event, data: asPlainJson(event.data ?? {}) })),
    skipDuplicates: true,
  });
}

/** Deletes events that nobody reads any more. */
export async function forgetSystemEvents(db: DatabaseOrTransaction, before: number): Promise<void> {
  await db.systemEvent.deleteMany({ where: { at: { lt: new Date(before) } } });
}
