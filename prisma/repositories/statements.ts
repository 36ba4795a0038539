import { totalOf, type Statement, type UnbilledTrade } from '#domain/statement.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { listBillsBetween, NOT_BILLED } from './bills.ts';

/** Most trades without a bill that a statement lists. */
const MAX_UNBILLED = 10_000;

/** Returns what a deployment owes for a calendar month (UTC, `2026-11`); null when there is no such deployment. */
export async function readStatement(
  db: DatabaseOrTransaction,
  deploymentId: string,
  month: string,
): Promise<Statement | null> {
  const deployment = await db.agentDeployment.findUnique({
    where: { id: deploymentId },
    select: { walletAddress: true, agent: { select: { name: true } } },
  });
  if (!deployment) return null;
  const from = new Date(`${month}-01`);
  const to = new Date(Date.UTC(from.getUTCFullYear(), from.getUTCMonth() + 1));
  const bills = await listBillsBetween(db, deploymentId, { from, to });
  const unbilled = await listUnbilled(db, deploymentId, { from, to });
  return {
    deploymentId,
    agent: deployment.agent.name,
    wallet: deployment.walletAddress,
    month,
    bills,
    totalUsd: totalOf(bills),
    unbilled,
  };
}

/** Days of a month on which the statements of the month before are announced: an outage is made good within them. */
const ANNOUNCED_DAYS = 7;

/** Records, once each, that deployments have a statement for the month that has ended. */
export async function announceStatements(db: DatabaseOrTransaction, now: number): Promise<void> {
  const at = new Date(now);
  if (at.getUTCDate() > ANNOUNCED_DAYS) return;
  const [from, to] = [-1, 0].map(
    (months) => new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + months)),
  );
  const month = from?.toISOString().slice(0, 7) ?? '';
  await db.$executeRaw`
    INSERT INTO system_event (key, type, text, data, deployment_id)
    SELECT 'statement/' || bill.deployment_id || '/' || ${month}::text, 'statement_ready',
      'The statement of ' || ${month}::text || ' for ' || agent.name || ' is ready: ' || trim_scale(sum(bill.amount_usd))
        || ' USD. See it with: signalman bills statement ' || bill.deployment_id || ' ' || ${month}::text,
      jsonb_build_object('month', ${month}::text, 'totalUsd', trim_scale(sum(bill.amount_usd))::text), bill.deployment_id
    FROM billing_event AS bill JOIN agent_deployment AS deployment ON deployment.id = bill.deployment_id
      JOIN agent ON agent.id = deployment.agent_id
    WHERE bill.created_at >= ${from} AND bill.created_at < ${to}
    GROUP BY bill.deployment_id, agent.name
    ON CONFLICT (key) DO NOTHING`;
}

/** Returns closed trades that have no bill: those that were taken over, and those of a time without billing. */
const listUnbilled = (
  db: DatabaseOrTransaction,
  deploymentId: string,
  { from, to }: { from: Date; to: Date },
): Promise<UnbilledTrade[]> =>
  db.$queryRaw<UnbilledTrade[]>`
    SELECT (extract(epoch FROM closed_at) * 1000)::float8 AS at, id::text AS "tradeId", symbol,
      trim_scale(net_pnl_usd)::text AS "netPnlUsd", CASE WHEN is_adopted THEN 'adopted' ELSE 'billing_off' END AS why
    FROM trade
    WHERE deployment_id = ${deploymentId}::uuid AND phase = 'closed' AND net_pnl_usd IS NOT NULL
      AND closed_at >= ${from} AND closed_at < ${to}
      AND (is_adopted OR EXISTS (
        SELECT FROM trade_event WHERE trade_event.trade_id = trade.id AND key = ${NOT_BILLED}))
    ORDER BY closed_at, id LIMIT ${MAX_UNBILLED}`;
