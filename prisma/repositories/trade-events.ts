import type { DatabaseOrTransaction } from '../client.ts';
import { asPlainJson } from './json.ts';

/** A line of a trade's story. `key` is unique in the trade: telling it again changes nothing. */
export interface StoryLine {
  tradeId: string;
  key: string;
  type: string;
  text: string;
  data?: Record<string, unknown>;
}

/** Writes lines into the outbox, each at most once. */
export async function tell(db: DatabaseOrTransaction, ...lines: StoryLine[]): Promise<void> {
  await db.tradeEvent.createMany({
    data: lines.map((line) => ({ ...line, data: asPlainJson(line.data ?? {}) })),
    skipDuplicates: true,
  });
}
