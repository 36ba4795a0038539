import type { Symbol, VenueName } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { ms, text } from './rows.ts';

/** Prices of a short span as the watcher saw them. */
export interface PriceBar {
  symbol: Symbol;
  openedAt: number;
  open: DecimalString;
  high: DecimalString;
  low: DecimalString;
  close: DecimalString;
  /** Time of the last observation in it. */
  seenUntil: number;
}

/** Writes bars in one statement, and widens those that an earlier watcher began. */
export async function saveBars(
  db: DatabaseOrTransaction,
  venue: VenueName,
  intervalMs: number,
  bars: readonly PriceBar[],
): Promise<void> {
  if (bars.length === 0) return;
  const rows = bars.map((bar) => ({
    ...bar,
    openedAt: new Date(bar.openedAt).toISOString(),
    seenUntil: new Date(bar.seenUntil).toISOString(),
  }));
  await db.$executeRaw`
    INSERT INTO price_bar (venue, symbol, opened_at, interval_ms, open, high, low, close, seen_until)
    SELECT ${venue}::venue_name, symbol, "openedAt", ${intervalMs}, open, high, low, close, "seenUntil"
    FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS bar(symbol text, "openedAt" timestamptz,
      open numeric, high numeric, low numeric, close numeric, "seenUntil" timestamptz)
    ON CONFLICT (venue, symbol, opened_at) DO UPDATE SET
      high = GREATEST(price_bar.high, excluded.high), low = LEAST(price_bar.low, excluded.low),
      close = CASE WHEN excluded.seen_until >= price_bar.seen_until THEN excluded.close ELSE price_bar.close END,
      seen_until = GREATEST(price_bar.seen_until, excluded.seen_until)`;
}

/** Bars of an instrument that reach past `fromMs`, oldest first. */
export async function listBars(
  db: DatabaseOrTransaction,
  venue: VenueName,
  symbol: Symbol,
  fromMs: number,
): Promise<PriceBar[]> {
  const rows = await db.priceBar.findMany({
    where: { venue, symbol, seenUntil: { gte: new Date(fromMs) } },
    orderBy: { openedAt: 'asc' },
  });
  return rows.map((row) => ({
    symbol,
    openedAt: ms(row.openedAt),
    open: text(row.open),
    high: text(row.high),
    low: text(row.low),
    close: text(row.close),
    seenUntil: ms(row.seenUntil),
  }));
}

/** The last price that a watcher wrote down for an instrument, and when it was seen; null when there is none. */
export async function findLastPrice(
  db: DatabaseOrTransaction,
  venue: VenueName,
  symbol: Symbol,
): Promise<{ price: DecimalString; at: number } | null> {
  const row = await db.priceBar.findFirst({ where: { venue, symbol }, orderBy: { openedAt: 'desc' } });
  return row && { price: text(row.close), at: ms(row.seenUntil) };
}

/** Forgets bars that no armed trade can need any more. */
export async function pruneBars(
  db: DatabaseOrTransaction,
  venue: VenueName,
  beforeMs: number,
): Promise<number> {
  const { count } = await db.priceBar.deleteMany({ where: { venue, seenUntil: { lt: new Date(beforeMs) } } });
  return count;
}

/** Five minutes, of which an hour has twelve. */
const SEEN_EVERY_MS = 300_000;

/** Hours that the watcher saw whole (a bar in each five minutes) from `fromMs` on, oldest first. */
export async function listSeenHours(
  db: DatabaseOrTransaction,
  venue: VenueName,
  symbol: Symbol,
  fromMs: number,
): Promise<Omit<PriceBar, 'symbol' | 'seenUntil'>[]> {
  const rows = await db.$queryRaw<
    { openedAt: Date; open: string; high: string; low: string; close: string }[]
  >`
    SELECT date_trunc('hour', opened_at) AS "openedAt",
      trim_scale((array_agg(open ORDER BY opened_at))[1])::text AS open, trim_scale(max(high))::text AS high,
      trim_scale(min(low))::text AS low, trim_scale((array_agg(close ORDER BY opened_at DESC))[1])::text AS close
    FROM price_bar
    WHERE venue = ${venue}::venue_name AND symbol = ${symbol} AND opened_at >= ${new Date(fromMs)}
    GROUP BY 1
    HAVING count(DISTINCT floor(extract(epoch FROM opened_at) * 1000 / ${SEEN_EVERY_MS}::int)) = 12
    ORDER BY 1`;
  return rows.map(({ openedAt, ...prices }) => ({ openedAt: ms(openedAt), ...prices }));
}
