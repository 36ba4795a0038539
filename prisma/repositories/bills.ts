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
import { ofDeployment, type OfUser } from './visible-rows.ts';

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

export interface BillFilter extends OfUser {
  limit: number;
  /** The id of the last bill of the page before. */
  after?: string;
  deploymentId?: string;
  tradeId?: string;
}

/** Bills, newest first. */
export async function listBills(db: DatabaseOrTransaction, filter: BillFilter): Promise<BillView[]> {
  const { limit, after, ofUser, ...where } = filter;
  const rows = await db.billingEvent.findMany({
    where: { ...where, ...ofDeployment({ ofUser }), ...(after === undefined ? {} : { id: { lt: after } }) },
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

/** What decides about the bills of a trade. */
export interface Billing {
  /** Bills that it has, oldest first. */
  billed: Bill[];
  /** How its profit is shared: by the rule of its first bill, else by the one that its agent has now. */
  rule: ProfitRule;
  /** Its settlement is provisional. */
  isProvisional: boolean;
  /** A trade event says that it gets no bills. */
  isSpared: boolean;
  /** Trades of its deployment are billed now. */
  isOn: boolean;
}

/** Key of the trade event that says that a trade gets no bills. */
export const NOT_BILLED = 'not_billed';

/** Returns what decides about the bills of a trade, in one statement. */
export async function readBilling(db: DatabaseOrTransaction, tradeId: TradeId): Promise<Billing> {
  const [row] = await db.$queryRaw<BillingRow[]>`
    SELECT trade.is_provisional AS "isProvisional", deployment.is_billed AS "isOn",
      agent.profit_share AS "profitShare",
      EXISTS (SELECT FROM trade_event WHERE trade_id = trade.id AND key = ${NOT_BILLED}) AS "isSpared",
      (SELECT COALESCE(jsonb_agg(jsonb_build_object('kind', kind, 'subject', subject,
          'amountUsd', trim_scale(amount_usd)::text, 'rule', rule) ORDER BY id), '[]')
        FROM billing_event WHERE trade_id = trade.id) AS bills
    FROM trade JOIN agent_deployment AS deployment ON deployment.id = trade.deployment_id
      JOIN agent ON agent.id = deployment.agent_id
    WHERE trade.id = ${tradeId}::uuid`;
  if (!row) throw new Error(`no trade ${tradeId} in the database`);
  const { bills, profitShare, ...rest } = row;
  const [first] = bills;
  return {
    ...rest,
    billed: bills.map(({ rule: _rule, ...bill }) => bill),
    rule: readRule(first ? first.rule : profitShare) ?? 'per_trade',
  };
}

interface BillingRow extends Pick<Billing, 'isProvisional' | 'isSpared' | 'isOn'> {
  profitShare: string;
  bills: (Bill & { rule: string | null })[];
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

/** Returns those of these deployments that have not ended, none of which ends before the transaction does. */
export async function holdStanding(tx: DatabaseOrTransaction, ids: readonly string[]): Promise<Set<string>> {
  const rows = await tx.$queryRaw<{ id: string }[]>`
    SELECT id::text FROM agent_deployment WHERE id = ANY(${[...ids]}::uuid[]) AND status <> 'archived'
    ORDER BY id FOR SHARE`;
  return new Set(rows.map(({ id }) => id));
}

/** Returns the subjects of the subscription bills of a deployment. */
export async function listBilledMonths(db: DatabaseOrTransaction, deploymentId: string): Promise<string[]> {
  const rows = await db.billingEvent.findMany({
    where: { deploymentId, kind: 'subscription' },
    select: { subject: true },
  });
  return rows.map(({ subject }) => subject);
}

/** Bills months of deployments, each once ever. Returns how many bills are new. */
export async function insertSubscriptions(
  db: DatabaseOrTransaction,
  bills: readonly (Bill & { deploymentId: DeploymentId })[],
): Promise<number> {
  const { count } = await db.billingEvent.createMany({ data: [...bills], skipDuplicates: true });
  return count;
}
