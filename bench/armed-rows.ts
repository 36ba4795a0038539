import type { ApiClient } from '#api/client.ts';
import { direction, type Side } from '#domain/ids.ts';
import type { Database } from '#prisma/client.ts';
import type { WatchLevels } from '#prisma/repositories/watch-record.ts';
import { COINS, makeCalls } from './setup.ts';

const PAGE = 1_000;
/** Trails so far away that nothing the benchmark does reaches them. */
const DISTANCE_PCT = { least: 20, most: 40 };

/**
 * Inserts watches as if their trades were open, so that the watcher watches them. They have no positions, so their
 * trades are marked as over and no other part acts on them.
 */
export async function writeArmedRows(
  api: ApiClient,
  db: Database,
  prices: Readonly<Record<string, string>>,
  count: number,
): Promise<void> {
  const [owner] = await makeCalls(api, 1);
  if (!owner) throw new Error('no deployment to own the rows');
  const { id: deploymentId } = await db.agentDeployment.findFirstOrThrow({
    where: { agentId: owner.agentId },
  });
  for (let first = 0; first < count; first += PAGE) {
    const rows = Array.from({ length: Math.min(PAGE, count - first) }, (_, index) =>
      rowOf(first + index, prices),
    );
    await db.$executeRaw`
      WITH given AS (
        SELECT *, gen_random_uuid() AS signal_id, gen_random_uuid() AS trade_id
        FROM jsonb_to_recordset(${JSON.stringify(rows)}::jsonb) AS row(symbol text, side side, levels jsonb)
      ), signals AS (
        INSERT INTO signal (id, agent_id, symbol, side, origin, confidence, size_model, barriers, expires_at, max_drift_pct, fanned_out_at)
        SELECT signal_id, ${owner.agentId}::uuid, symbol, side, 'manual', 1, '{}', '{}', now(), 1, now() FROM given
        RETURNING id
      ), trades AS (
        INSERT INTO trade (id, signal_id, deployment_id, phase, exit_reason, closed_at, symbol, side, account_id, venue, updated_at)
        SELECT trade_id, signal_id, ${deploymentId}::uuid, 'closed', 'closed_at_venue', now(), symbol, side, ${owner.accountId}, 'hyperliquid', now()
        FROM given, (SELECT count(*) FROM signals) AS written
        RETURNING id
      )
      INSERT INTO watch (trade_id, venue, symbol, side, status, price_kind, levels, armed_at, updated_at)
      SELECT trade_id, 'hyperliquid', symbol, side, 'armed', 'mark', levels, now(), now()
      FROM given, (SELECT count(*) FROM trades) AS written`;
  }
}

function rowOf(index: number, prices: Readonly<Record<string, string>>) {
  const symbol = COINS[index % COINS.length] ?? '';
  const side: Side = index % 2 === 0 ? 'long' : 'short';
  return { symbol, side, levels: levelsOf(side, prices[symbol] ?? '1') };
}

/** How much tighter than the trail the resident stop is, in percent: what the benchmark does to prices moves no stop. */
const STOP_AHEAD_PCT = 3;

/** A resident stop ahead of the trail, so that the trail has nothing to move for a while. */
function levelsOf(side: Side, entryPrice: string): WatchLevels {
  const distancePct = DISTANCE_PCT.least + Math.random() * (DISTANCE_PCT.most - DISTANCE_PCT.least);
  const stopPct = distancePct - STOP_AHEAD_PCT;
  const price = String(Number(entryPrice) * (1 - (direction(side) * stopPct) / 100));
  return {
    entryPrice,
    barriers: {
      stop: price,
      targets: [],
      breakEven: null,
      trailing: [{ activatesAt: entryPrice, distancePct }],
      timeLimitMs: null,
    },
    stop: { price, kind: 'stop_loss' },
    isStopResident: true,
    restingTargets: [],
    filledTargets: [],
  };
}
