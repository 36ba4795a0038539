import { asId, type Symbol } from '#domain/ids.ts';
import { listSeenBars, type PriceSpan } from '#prisma/repositories/position-views.ts';
import type { TradeView } from '#prisma/repositories/trade-views.ts';
import { findVenue, type ApiDeps } from '../deps.ts';
import type { TradePrices } from '../schemas/position.ts';

/** Bars that a chart shows at most; longer spans have longer bars. */
const MAX_BARS = 300;
/** Lengths of bars, shortest first: what the watcher writes down, and multiples of it that people know. */
const BAR_LENGTHS_MS = [5_000, 15_000, 60_000, 300_000, 900_000, 3_600_000, 14_400_000, 86_400_000] as const;
const MINUTE_MS = 60_000;
/** Time that is shown at least before and after a trade. */
const LEAST_MARGIN_MS = 5 * MINUTE_MS;
/** Minutes that a venue is asked for at most; a longer trade is shown by the hour. */
const MAX_MINUTES = 1_500;

type PricedTrade = Pick<TradeView, 'venue' | 'symbol' | 'createdAt' | 'openedAt' | 'closedAt'>;

/** Returns the prices around a trade that the watcher saw; null where it has forgotten when the trade began. */
export async function readSeenPrices(
  { db, now }: Pick<ApiDeps, 'db' | 'now'>,
  trade: PricedTrade,
): Promise<TradePrices | null> {
  if (trade.venue === null) return { source: null, bars: [] };
  const span = spanOf(trade, now());
  const bars = await listSeenBars(db, { venue: trade.venue, symbol: trade.symbol }, span);
  const isWhole = bars[0] !== undefined && bars[0].at <= (trade.openedAt ?? trade.createdAt) + span.barMs;
  return isWhole ? { source: 'watcher', bars } : null;
}

/** Returns the venue's candles around a trade, out of the budget that trading has; none where it has none. */
export async function readVenuePrices(
  { now, venues }: Pick<ApiDeps, 'now' | 'venues'>,
  trade: PricedTrade,
): Promise<TradePrices> {
  const span = spanOf(trade, now());
  const venue = trade.venue && findVenue({ venues }, trade.venue);
  const candles = venue
    ? await venue.market
        .candles(asId<Symbol>(trade.symbol), span.fromMs, span.toMs, intervalOf(span))
        .catch(() => [])
    : [];
  if (candles.length === 0) return { source: null, bars: [] };
  return { source: 'venue', bars: candles.slice(-MAX_MINUTES).map(toBar) };
}

interface Span {
  fromMs: number;
  toMs: number;
  barMs: number;
}

/** Returns the time to show, a fifth of the trade's length before and after it, and the length of its bars. */
function spanOf(trade: Pick<TradeView, 'createdAt' | 'openedAt' | 'closedAt'>, now: number): Span {
  const from = trade.openedAt ?? trade.createdAt;
  const to = trade.closedAt ?? now;
  const margin = Math.max((to - from) / 5, LEAST_MARGIN_MS);
  const [fromMs, toMs] = [from - margin, Math.min(now, to + margin)];
  const barMs = BAR_LENGTHS_MS.find((each) => (toMs - fromMs) / each <= MAX_BARS) ?? 86_400_000;
  return { fromMs, toMs, barMs };
}

const intervalOf = ({ fromMs, toMs }: Span): '1m' | '1h' =>
  (toMs - fromMs) / MINUTE_MS <= MAX_MINUTES ? '1m' : '1h';

const toBar = (candle: Omit<PriceSpan, 'at'> & { openedAt: number }): PriceSpan => ({
  at: candle.openedAt,
  open: candle.open,
  high: candle.high,
  low: candle.low,
  close: candle.close,
});
