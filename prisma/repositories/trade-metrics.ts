import type { TradePhase } from '#domain/trade.ts';
import type { VenueName } from '#domain/ids.ts';
import type { Database } from '../client.ts';
import { EXPOSED, LIVE } from './phase-lists.ts';

/** Number of trades of a venue in a phase. */
export interface PhaseCount {
  venue: VenueName;
  phase: TradePhase;
  trades: number;
}

/** Time without a resident stop at a venue, over trades that are live or began in the last 24 hours. */
export interface UnprotectedTime {
  venue: VenueName;
  /** Number of open positions that have no resident stop now. */
  now: number;
  maxMs: number;
  sumMs: number;
}

/** Trades between decision and end, by venue and phase. */
export async function countLiveTrades(db: Database): Promise<PhaseCount[]> {
  return db.$queryRaw<PhaseCount[]>`
    SELECT venue::text, phase::text, count(*)::int AS trades FROM trade
    WHERE phase IN ${LIVE} AND venue IS NOT NULL
    GROUP BY venue, phase ORDER BY venue, phase`;
}

/**
 * Returns, per venue, how long positions stood without a resident stop. A spell that has not ended counts up to
 * `nowMs`, or to the end of its trade: what has been closed needs no stop.
 */
export async function sumUnprotectedTime(db: Database, nowMs: number): Promise<UnprotectedTime[]> {
  const now = new Date(nowMs);
  return db.$queryRaw<UnprotectedTime[]>`
    SELECT venue::text, count(*) FILTER (WHERE is_naked)::int AS now,
      max(unprotected_ms + running)::float8 AS "maxMs", sum(unprotected_ms + running)::float8 AS "sumMs"
    FROM (
      SELECT venue, unprotected_ms,
        unprotected_since IS NOT NULL AND phase IN ${EXPOSED} AND remaining_size > 0 AS is_naked,
        COALESCE(GREATEST(0, round(extract(epoch FROM
          LEAST(${now}::timestamptz, closed_at) - unprotected_since) * 1000)), 0) AS running
      FROM trade
      WHERE venue IS NOT NULL AND (phase IN ${LIVE}
        OR created_at > ${now}::timestamptz - interval '24 hours')
    ) AS spell
    GROUP BY venue ORDER BY venue`;
}
