import { amount } from '#domain/money.ts';
import type { DatabaseOrTransaction } from '#prisma/client.ts';
import { listFills } from '#prisma/repositories/fills.ts';
import { listBars, type PriceBar } from '#prisma/repositories/price-bars.ts';
import type { TradeEventDraft } from '#prisma/repositories/trade-events.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';

/**
 * Returns the trade event of a resumed trade: how long it was paused, the range of the market in that time, and fills.
 * The trail has followed the best price; levels that were crossed during the pause trigger nothing.
 */
export async function resumption(
  db: DatabaseOrTransaction,
  trade: TradeRecord,
  resumed: { by: string; at: number },
): Promise<TradeEventDraft> {
  const since = trade.pausedAt ?? resumed.at;
  const [fills, bars] = await Promise.all([
    listFills(db, trade.id),
    trade.venue === null ? [] : listBars(db, trade.venue, trade.symbol, since),
  ]);
  const fillsMeanwhile = fills.filter(({ time }) => time >= since).length;
  const range = rangeOf(bars);
  const timeLimitMs = trade.barriers?.levels.timeLimitMs ?? null;
  const isOverdue =
    timeLimitMs !== null && trade.openedAt !== null && trade.openedAt + timeLimitMs <= resumed.at;
  const parts = [
    `Resumed by ${resumed.by} after ${Math.round((resumed.at - since) / 1_000)} s`,
    range && `the price was between ${range.low} and ${range.high}, and the trail follows the best of it`,
    `${fillsMeanwhile === 1 ? '1 fill' : `${fillsMeanwhile} fills`} meanwhile`,
    isOverdue && 'its time is over: it closes now',
  ];
  return {
    tradeId: trade.id,
    key: `resumed/${since}`,
    type: 'resumed',
    text: parts.filter(Boolean).join('; '),
    data: { pausedAt: trade.pausedAt, range, fills: fillsMeanwhile, isOverdue },
  };
}

function rangeOf(bars: readonly PriceBar[]): Pick<PriceBar, 'low' | 'high'> | null {
  const [first, ...others] = bars;
  if (!first) return null;
  return others.reduce<Pick<PriceBar, 'low' | 'high'>>(
    ({ low, high }, bar) => ({
      low: amount(bar.low).lt(low) ? bar.low : low,
      high: amount(bar.high).gt(high) ? bar.high : high,
    }),
    { low: first.low, high: first.high },
  );
}
