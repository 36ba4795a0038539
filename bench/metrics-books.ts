import { Client } from 'pg';

/** How much is traded: two fills a trade, and each deployment is of an agent of its own. */
export interface BookSize {
  fills: number;
  deployments: number;
}

const BATCH = 50_000;

/** Fills a migrated database with closed trades of the last 100 days, each won or lost by a dollar and more. */
export async function fillBooks(databaseUrl: string, { fills, deployments }: BookSize): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(PEOPLE, [deployments]);
    const trades = Math.floor(fills / 2);
    for (let first = 1; first <= trades; first += BATCH) {
      const range = [first, Math.min(trades, first + BATCH - 1)];
      for (const statement of TRADES) await client.query(statement, [...range, deployments]);
    }
    await client.query('ANALYZE');
  } finally {
    await client.end();
  }
}

/** Corrects the result of some trades, as the reconciler does. */
export async function correctTrades(databaseUrl: string, count: number): Promise<void> {
  const client = new Client({ connectionString: databaseUrl });
  await client.connect();
  try {
    await client.query(
      `UPDATE trade SET funding_usd = funding_usd - 0.01, net_pnl_usd = net_pnl_usd - 0.01
       WHERE id IN (SELECT id FROM trade ORDER BY id LIMIT $1)`,
      [count],
    );
  } finally {
    await client.end();
  }
}

const PEOPLE = `
  WITH owner AS (INSERT INTO "user" (id, name) VALUES (md5('owner')::uuid, 'owner') RETURNING id), made AS (
    INSERT INTO agent (id, owner_id, name, venue_preference, barriers, size_model, is_published, updated_at)
    SELECT md5('a' || n)::uuid, owner.id, 'agent ' || n, '{}', '{}', '{}', true, now()
    FROM owner, generate_series(0, $1::int - 1) AS n RETURNING id, owner_id, name
  ), deployed AS (
    INSERT INTO agent_deployment (id, agent_id, user_id, wallet_address, max_notional_usd, trial_ends_at, updated_at)
    SELECT md5('d' || substr(name, 7))::uuid, id, owner_id, '0x' || lpad(to_hex(substr(name, 7)::int), 40, '0'), 1000,
      now(), now() FROM made RETURNING wallet_address
  )
  INSERT INTO equity_hour (venue, account_id, hour, read_at, equity_usd)
  SELECT 'hyperliquid', wallet_address, date_trunc('day', now()) - day * interval '1 day', now(), 1000
  FROM deployed, generate_series(0, 100, 10) AS day`;

const NUMBERS = `generate_series($1::int, $2::int) AS n, LATERAL (
  SELECT n % $3::int AS owner, date_trunc('hour', now()) - (n % 2400 + 2) * interval '1 hour' AS opened,
    n % 11 - 4 AS gained) AS of_it`;

const TRADES = [
  `INSERT INTO signal (id, agent_id, symbol, side, origin, confidence, size_model, barriers, expires_at, max_drift_pct)
   SELECT md5('s' || n)::uuid, md5('a' || owner)::uuid, 'BTC', 'long', 'manual', 1, '{}', '{}', opened, 1 FROM ${NUMBERS}`,
  `INSERT INTO trade (id, signal_id, deployment_id, phase, symbol, side, account_id, venue, plan, entry_size,
     entry_price, remaining_size, opened_at, closed_at, exit_reason, gross_pnl_usd, fees_usd, funding_usd, net_pnl_usd,
     settled_fills, settled_funding, updated_at)
   SELECT md5('t' || n)::uuid, md5('s' || n)::uuid, md5('d' || owner)::uuid, 'closed', 'BTC', 'long',
     '0x' || lpad(to_hex(owner), 40, '0'), 'hyperliquid', '{"referencePrice": "100"}', 1, 100, 0, opened,
     opened + interval '90 minutes', 'take_profit', gained, 0.1, 0, gained - 0.1, 2, 0, now() FROM ${NUMBERS}`,
  `INSERT INTO "order" (id, trade_id, venue, account_id, symbol, leg, client_order_id, side, kind, price, size,
     reduce_only, status, sent_at, updated_at)
   SELECT md5(leg || n)::uuid, md5('t' || n)::uuid, 'hyperliquid', '0x' || lpad(to_hex(owner), 40, '0'), 'BTC',
     leg::order_leg, leg || n, (CASE leg WHEN 'entry' THEN 'buy' ELSE 'sell' END)::order_side, 'ioc', 100, 1,
     leg = 'exit', 'filled', opened, now() FROM (VALUES ('entry'), ('exit')) AS legs(leg), ${NUMBERS}`,
  `INSERT INTO fill (id, venue, account_id, symbol, venue_fill_id, venue_order_id, trade_id, order_id, side, price,
     size, fee_usd, closed_pnl_usd, time)
   SELECT md5('f' || leg || n)::uuid, 'hyperliquid', '0x' || lpad(to_hex(owner), 40, '0'), 'BTC', leg || n, leg || n,
     md5('t' || n)::uuid, md5(leg || n)::uuid, (CASE leg WHEN 'entry' THEN 'buy' ELSE 'sell' END)::order_side,
     CASE leg WHEN 'entry' THEN 100 ELSE 100 + gained END, 1, 0.05, 0,
     CASE leg WHEN 'entry' THEN opened ELSE opened + interval '90 minutes' END
   FROM (VALUES ('entry'), ('exit')) AS legs(leg), ${NUMBERS}`,
];
