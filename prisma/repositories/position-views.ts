import type { ResolvedBarriers, ResolvedTarget } from '#domain/barriers.ts';
import type { EntryPlan } from '#domain/entry-plan.ts';
import type { VenueName } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import { ENDED_PHASES } from '#domain/trade-phases.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { fromJson } from './json.ts';
import { ms, textOrNull } from './rows.ts';
import { toTradeView, type TradeView } from './trade-views.ts';
import { ofDeployment, type OfUser } from './visible-rows.ts';

/** A trade that has not ended, with what its plan and the venue say of its position. */
export interface PositionView extends TradeView {
  leverage: number | null;
  liquidationPrice: DecimalString | null;
  targets: ResolvedTarget[];
}

/** The newest price of an instrument that the watcher has seen. */
export interface SeenPrice {
  venue: VenueName;
  symbol: string;
  price: DecimalString;
  at: number;
}

/** Returns trades that have not ended, newest first. */
export async function listPositions(
  db: DatabaseOrTransaction,
  { limit, ofUser, ...where }: { limit: number; deploymentId?: string } & OfUser,
): Promise<PositionView[]> {
  const rows = await db.trade.findMany({
    where: { ...where, ...ofDeployment({ ofUser }), phase: { notIn: [...ENDED_PHASES] } },
    orderBy: { id: 'desc' },
    take: limit,
    include: {
      deployment: { select: { agent: { select: { name: true } } } },
      position: { select: { liquidationPrice: true } },
    },
  });
  return rows.map((row) => {
    const plan = fromJson<EntryPlan | null>(row.plan);
    const levels = fromJson<{ levels: ResolvedBarriers } | null>(row.barriers)?.levels;
    const known = row.position && textOrNull(row.position.liquidationPrice);
    return {
      ...toTradeView(row),
      leverage: plan?.leverage ?? null,
      liquidationPrice: known ?? plan?.liquidationPrice ?? null,
      targets: levels?.targets ?? [],
    };
  });
}

/** Returns the newest price of each instrument that a trade is open in. */
export async function listSeenPrices(db: DatabaseOrTransaction): Promise<SeenPrice[]> {
  const rows = await db.$queryRaw<{ venue: VenueName; symbol: string; price: string; at: Date }[]>`
    SELECT open.venue, open.symbol, trim_scale(last.close)::text AS price, last.seen_until AS at
    FROM (SELECT DISTINCT venue, symbol FROM trade WHERE phase NOT IN ('closed', 'skipped') AND venue IS NOT NULL) AS open
    CROSS JOIN LATERAL (
      SELECT close, seen_until FROM price_bar
      WHERE price_bar.venue = open.venue AND price_bar.symbol = open.symbol
      ORDER BY opened_at DESC LIMIT 1
    ) AS last`;
  return rows.map((row) => ({ ...row, at: ms(row.at) }));
}

/** A bar of prices. */
export interface PriceSpan {
  at: number;
  open: DecimalString;
  high: DecimalString;
  low: DecimalString;
  close: DecimalString;
}

/** Returns the prices that the watcher saw from `fromMs` to `toMs`, in bars of `barMs`, oldest first. */
export async function listSeenBars(
  db: DatabaseOrTransaction,
  instrument: { venue: VenueName; symbol: string },
  { fromMs, toMs, barMs }: { fromMs: number; toMs: number; barMs: number },
): Promise<PriceSpan[]> {
  const rows = await db.$queryRaw<(Omit<PriceSpan, 'at'> & { at: number })[]>`
    SELECT (floor(extract(epoch FROM opened_at) * 1000 / ${barMs}::int) * ${barMs}::int)::float8 AS at,
      trim_scale((array_agg(open ORDER BY opened_at))[1])::text AS open, trim_scale(max(high))::text AS high,
      trim_scale(min(low))::text AS low, trim_scale((array_agg(close ORDER BY opened_at DESC))[1])::text AS close
    FROM price_bar
    WHERE venue = ${instrument.venue}::venue_name AND symbol = ${instrument.symbol}
      AND opened_at >= ${new Date(fromMs)} AND opened_at <= ${new Date(toMs)}
    GROUP BY 1 ORDER BY 1`;
  return rows;
}
