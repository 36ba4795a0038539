import type { VenueName } from '#domain/ids.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { asPlainJson } from './json.ts';
import { EXPOSED_PHASES } from '#domain/trade-phases.ts';

/** An event of a trade, as people read it. `key` is unique in the trade: recording it again changes nothing. */
export interface TradeEventDraft {
  tradeId: string;
  key: string;
  type: string;
  text: string;
  data?: Record<string, unknown>;
}

/** Records an event, at most once each, for every trade of a deployment that holds or will hold a position at a venue. */
export async function recordForLiveTrades(
  db: DatabaseOrTransaction,
  of: { deploymentId: string; venue: VenueName },
  event: Omit<TradeEventDraft, 'tradeId'>,
): Promise<void> {
  const trades = await db.trade.findMany({
    where: { ...of, phase: { in: [...EXPOSED_PHASES] } },
    select: { id: true },
  });
  if (trades.length > 0) await recordTradeEvent(db, ...trades.map(({ id }) => ({ ...event, tradeId: id })));
}

/** Records trade events, each at most once. Returns how many are new. */
export async function recordTradeEvent(
  db: DatabaseOrTransaction,
  ...events: TradeEventDraft[]
): Promise<number> {
  const { count } = await db.tradeEvent.createMany({
    data: events.map((event) => ({ ...event, data: asPlainJson(event.data ?? {}) })),
    skipDuplicates: true,
  });
  return count;
}
