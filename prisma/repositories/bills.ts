import {
  PROFIT_RULES,
  type Bill,
  type BillKind,
  type HighWaterMark,
  type ProfitRule,
} from '#domain/billing.ts';
import { asId, type DeploymentId, type TradeId } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { StatedBill } from '#domain/statement.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { ms, text } from './rows.ts';

/** A charge as lists show it. */
export interface BillView {
  id: string;
  kind: BillKind;
  /** The billed thing; there is one bill per kind and subject, ever. */
  subject: string;
  deploymentId: string;
  tradeId: string | null;
  amountUsd: DecimalString;
  /** By which rule the profit of its trade is shared; null for a subscription. */
  rule: ProfitRule | null;
  createdAt: number;
}

export interface BillFilter {
  limit: number;
  /** The id of the last bill of the page before. */
  after?: string;
  deploymentId?: string;
  tradeId?: string;
}

/** Bills, newest first. */
export async function listBills(db: DatabaseOrTransaction, filter: BillFilter): Promise<BillView[]> {
  const { limit, after, ...where } = filter;
  const rows = await db.billingEvent.findMany({
    where: { ...where, ...(after === undefined ? {} : { id: { lt: after } }) },
    orderBy: { id: 'desc' },
    take: limit,
  });
  return rows.map(({ amountUsd, createdAt, rule, ...row }) => ({
    ...row,
    rule: readRule(rule),
    amountUsd: text(amountUsd),
    createdAt: ms(createdAt),
  }));
}

/** Returns the bills of a trade, oldest first. */
export async function billsOf(db: DatabaseOrTransaction, tradeId: TradeId): Promise<Bill[]> {
  const rows = await db.billingEvent.findMany({ where: { tradeId }, orderBy: { id: 'asc' } });
  return rows.map(({ kind, subject, amountUsd }) => ({ kind, subject, amountUsd: text(amountUsd) }));
}

/** Returns the bills of a deployment from `from` until before `to`, oldest first. */
export async function listBillsBetween(
  db: DatabaseOrTransaction,
  deploymentId: string,
  { from, to }: { from: Date; to: Date },
): Promise<StatedBill[]> {
  const rows = await db.billingEvent.findMany({
    where: { deploymentId, createdAt: { gte: from, lt: to } },
    orderBy: [{ createdAt: 'asc' }, { id: 'asc' }],
  });
  return rows.map(({ createdAt, kind, subject, amountUsd, rule }) => ({
    at: ms(createdAt),
    kind,
    subject,
    amountUsd: text(amountUsd),
    rule: readRule(rule),
  }));
}

/** The trade that is billed, and by which rule its profit is shared. */
export interface BilledTrade {
  id: TradeId;
  deploymentId: string;
  rule: ProfitRule;
}

/** Bills a trade, each kind and subject once ever. */
export async function insertBills(
  db: DatabaseOrTransaction,
  { id, deploymentId, rule }: BilledTrade,
  bills: readonly Bill[],
): Promise<void> {
  await db.billingEvent.createMany({
    data: bills.map((bill) => ({ ...bill, deploymentId, tradeId: id, rule })),
    skipDuplicates: true,
  });
}

const readRule = (stored: string | null): ProfitRule | null =>
  PROFIT_RULES.find((rule) => rule === stored) ?? null;

/** Returns the rule of a trade: the one of its first bill, else the one that its agent has now. */
export async function readProfitRule(
  db: DatabaseOrTransaction,
  { id, deploymentId }: { id: TradeId; deploymentId: string },
): Promise<ProfitRule> {
  const bill = await db.billingEvent.findFirst({
    where: { tradeId: id },
    orderBy: { id: 'asc' },
    select: { rule: true },
  });
  if (bill) return readRule(bill.rule) ?? 'per_trade';
  const deployment = await db.agentDeployment.findUniqueOrThrow({
    where: { id: deploymentId },
    select: { agent: { select: { profitShare: true } } },
  });
  return readRule(deployment.agent.profitShare) ?? 'per_trade';
}

/** Waits until no other transaction bills the deployment, and keeps others from it until this one ends. */
export async function lockBilling(tx: DatabaseOrTransaction, deploymentId: string): Promise<void> {
  await tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtextextended(${`billing/${deploymentId}`}, 0))`;
}

/**
 * Returns the high-water mark of a deployment over the trades that are billed by that rule, in the order of their
 * bills. Trades whose profit is not known yet are left out.
 */
export async function readMark(tx: DatabaseOrTransaction, deploymentId: string): Promise<HighWaterMark> {
  const [mark] = await tx.$queryRaw<HighWaterMark[]>`
    SELECT trim_scale(GREATEST(0, max(total)))::text AS "peakUsd", (
      SELECT trim_scale(COALESCE(sum(amount_usd), 0))::text FROM billing_event
      WHERE deployment_id = ${deploymentId}::uuid AND kind = 'profit_share' AND rule = 'high_water'
    ) AS "sharedUsd"
    FROM (
      SELECT sum(net_pnl_usd) OVER (ORDER BY bill.id) AS total
      FROM billing_event AS bill JOIN trade ON trade.id = bill.trade_id
      WHERE bill.deployment_id = ${deploymentId}::uuid AND bill.kind = 'trade_fee' AND bill.rule = 'high_water'
        AND NOT trade.is_provisional
    ) AS running`;
  return mark ?? { peakUsd: '0', sharedUsd: '0' };
}

/** A deployment that pays by the month. */
export interface Subscriber {
  deploymentId: DeploymentId;
  trialEndsAt: number;
  billedSince: number;
}

/** Returns billed deployments whose trial is over and that have not ended, in the order of their ids, after one. */
export async function listSubscribers(
  db: DatabaseOrTransaction,
  { now, after, limit }: { now: number; after: string | null; limit: number },
): Promise<Subscriber[]> {
  const rows = await db.agentDeployment.findMany({
    where: {
      isBilled: true,
      status: { not: 'archived' },
      trialEndsAt: { lte: new Date(now) },
      ...(after !== null && { id: { gt: after } }),
    },
    orderBy: { id: 'asc' },
    take: limit,
    select: { id: true, trialEndsAt: true, billedSince: true },
  });
  return rows.map(({ id, trialEndsAt, billedSince }) => ({
    deploymentId: asId<DeploymentId>(id),
    trialEndsAt: ms(trialEndsAt),
    billedSince: ms(billedSince),
  }));
}

/** Bills months of deployments, each once ever. Returns how many bills are new. */
export async function insertSubscriptions(
  db: DatabaseOrTransaction,
  bills: readonly (Bill & { deploymentId: DeploymentId })[],
): Promise<number> {
  const { count } = await db.billingEvent.createMany({ data: [...bills], skipDuplicates: true });
  return count;
}
