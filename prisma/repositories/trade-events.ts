import type { VenueName } from '#domain/ids.ts';
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

/** Tells every trade of a deployment at a venue that holds or is about to hold a position, each at most once. */
export async function tellLiveTrades(
  db: DatabaseOrTransaction,
  of: { deploymentId: string; venue: VenueName },
  line: Omit<StoryLine, 'tradeId'>,
): Promise<void> {
  const trades = await db.trade.findMany({
    where: { ...of, phase: { in: ['opening', 'open', 'closing'] } },
    select: { id: true },
  });
  if (trades.length > 0) await tell(db, ...trades.map(({ id }) => ({ ...line, tradeId: id })));
}

/** Writes lines into the outbox, each at most once. Returns how many are new. */
export async function tell(db: DatabaseOrTransaction, ...lines: StoryLine[]): Promise<number> {
  const { count } = await db.tradeEvent.createMany({
    data: lines.map((line) => ({ ...line, data: asPlainJson(line.data ?? {}) })),
    skipDuplicates: true,
  });
  return count;
}
