import type { DatabaseOrTransaction, Transaction } from '../client.ts';

/** Ours among the advisory locks of a database: one process at a time writes hours. */
const ADVISORY_LOCK = 7_446_256_015;

/** Waits until no other transaction writes hours, and keeps others from it until this one ends. */
export async function lockHours(tx: Transaction): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(${ADVISORY_LOCK}::bigint)`;
}

/**
 * Takes noted changes, oldest first, and returns the trades they are about, each once. A change that is committed later
 * stays for the next call, whatever its number, because a row is taken only by a statement that sees it.
 */
export async function takeTradeChanges(
  tx: Transaction,
  limit: number,
): Promise<{ tradeIds: string[]; changes: number }> {
  const rows = await tx.$queryRaw<{ trade_id: string }[]>`
    DELETE FROM trade_change WHERE id IN (SELECT id FROM trade_change ORDER BY id LIMIT ${limit})
    RETURNING trade_id::text`;
  return { tradeIds: [...new Set(rows.map((row) => row.trade_id))], changes: rows.length };
}

/** Returns how many changes wait. */
export const countTradeChanges = (db: DatabaseOrTransaction): Promise<number> => db.tradeChange.count();

/**
 * Writes the hours of trades anew from their fills, payments and settlements, and notes their agents. Hours of a settled
 * trade add up to its settlement: what its own fills do not explain, such as what the owner closed by hand, counts in
 * the hour of its end. Positions that were taken over have no hours.
 */
export async function writeHours(tx: Transaction, tradeIds: readonly string[]): Promise<void> {
  await tx.$executeRaw`
    WITH gone AS (DELETE FROM trade_hour WHERE trade_id = ANY(${tradeIds}::uuid[]) RETURNING agent_id)
    INSERT INTO agent_change (agent_id) SELECT DISTINCT agent_id FROM gone ON CONFLICT DO NOTHING`;
  await tx.$executeRaw`
    WITH its AS (
      SELECT trade.*, deployment.agent_id, message.source_account_id, message.posted_at,
        signal.reference_price AS call_price, (trade.plan->>'referencePrice')::numeric AS decision_price,
        CASE trade.side WHEN 'long' THEN 1 ELSE -1 END AS direction,
        CASE WHEN trade.phase = 'closed' AND NOT trade.is_provisional AND trade.net_pnl_usd IS NOT NULL
          THEN date_trunc('hour', trade.closed_at, 'UTC') END AS end_hour
      FROM trade JOIN agent_deployment AS deployment ON deployment.id = trade.deployment_id
        JOIN signal ON signal.id = trade.signal_id LEFT JOIN source_message AS message ON message.id = signal.message_id
      WHERE trade.id = ANY(${tradeIds}::uuid[]) AND trade.venue IS NOT NULL AND NOT trade.is_adopted
    ), filled AS (
      SELECT its.id, its.direction, date_trunc('hour', fill.time, 'UTC') AS hour, fill.price, fill.size, fill.fee_usd,
        (its.side = 'long') = (fill.side = 'sell') AS is_exit
      FROM its JOIN fill ON fill.trade_id = its.id WHERE fill.order_id IS NOT NULL
    ), entered AS (
      SELECT id, sum(price * size) / sum(size) AS price FROM filled WHERE NOT is_exit GROUP BY id
    ), earned AS (
      SELECT filled.id, filled.hour, filled.fee_usd AS fees, 0::numeric AS funding, filled.price * filled.size AS volume,
        CASE WHEN is_exit THEN COALESCE(round((filled.price - entered.price) * size * direction, 12), 0) ELSE 0 END
          AS gross
      FROM filled LEFT JOIN entered ON entered.id = filled.id
      UNION ALL
      SELECT its.id, date_trunc('hour', paid.time, 'UTC'), 0, paid.amount_usd, 0, 0
      FROM its JOIN funding_payment AS paid ON paid.trade_id = its.id
    ), explained AS (
      SELECT id, sum(gross) AS gross, sum(fees) AS fees, sum(funding) AS funding FROM earned GROUP BY id
    ), hourly AS (
      SELECT id, hour, sum(gross) AS gross, sum(fees) AS fees, sum(funding) AS funding, sum(volume) AS volume
      FROM (
        SELECT id, hour, gross, fees, funding, volume FROM earned
        UNION ALL
        SELECT its.id, end_hour, its.gross_pnl_usd - COALESCE(explained.gross, 0),
          its.fees_usd - COALESCE(explained.fees, 0), its.funding_usd - COALESCE(explained.funding, 0), 0
        FROM its LEFT JOIN explained ON explained.id = its.id WHERE end_hour IS NOT NULL
      ) AS part GROUP BY id, hour
    ), written AS (
      INSERT INTO trade_hour (trade_id, hour, agent_id, deployment_id, venue, symbol, source_account_id, gross_usd,
        fees_usd, funding_usd, net_usd, volume_usd, result_usd, exit_reason, r, hold_ms, unprotected_ms, call_bps,
        decision_bps, latency_ms)
      SELECT its.id, hour, agent_id, deployment_id, venue, symbol, source_account_id, gross, fees, funding,
        gross - fees + funding, volume, ended.net_pnl_usd, ended.exit_reason,
        (ended.net_pnl_usd / NULLIF(abs(entry_price - first_stop.price) * entry_size, 0))::float8,
        GREATEST(0, round(extract(epoch FROM ended.closed_at - opened_at) * 1000)),
        ended.unprotected_ms,
        (ended.direction * (entry_price - call_price) / NULLIF(call_price, 0) * 10000)::float8,
        (ended.direction * (entry_price - decision_price) / NULLIF(decision_price, 0) * 10000)::float8,
        round(extract(epoch FROM sent.at - posted_at) * 1000)
      FROM hourly JOIN its ON its.id = hourly.id
        LEFT JOIN LATERAL (
          SELECT its.net_pnl_usd, its.exit_reason, its.closed_at, its.unprotected_ms, its.direction WHERE hour = end_hour
        ) AS ended ON true
        LEFT JOIN LATERAL (
          SELECT COALESCE(placed_trigger_price, trigger_price, (its.barriers->'levels'->>'stop')::numeric) AS price
          FROM (SELECT 1) AS one LEFT JOIN "order" ON trade_id = its.id AND leg = 'stop'
          WHERE hour = end_hour ORDER BY revision LIMIT 1
        ) AS first_stop ON true
        LEFT JOIN LATERAL (
          SELECT min(sent_at) AS at FROM "order" WHERE trade_id = its.id AND leg = 'entry' AND hour = end_hour
        ) AS sent ON true
      RETURNING agent_id
    )
    INSERT INTO agent_change (agent_id) SELECT DISTINCT agent_id FROM written ON CONFLICT DO NOTHING`;
}
