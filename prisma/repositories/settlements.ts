import type { ExitReason } from '#domain/barriers.ts';
import { asId, type AccountId, type TradeId, type VenueName } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { text } from './rows.ts';

/** Result of a closed trade. Amounts in USD. */
export interface Settlement {
  exitPrice: DecimalString;
  grossPnlUsd: DecimalString;
  feesUsd: DecimalString;
  fundingUsd: DecimalString;
  netPnlUsd: DecimalString;
  closedAt: number;
  /** Made before the fills explained where the position went. */
  isProvisional: boolean;
  /** How many fills and funding payments it counts. */
  settledFills: number;
  settledFunding: number;
}

/** Keeps others from settling or billing the trade until the transaction ends. */
export async function lockSettlement(tx: DatabaseOrTransaction, tradeId: TradeId): Promise<void> {
  await tx.$queryRaw`SELECT id FROM trade WHERE id = ${tradeId}::uuid FOR NO KEY UPDATE`;
}

/** Closes a trade with its result, or corrects the result. `exitReason` is unchanged unless given. */
export async function saveSettlement(
  db: DatabaseOrTransaction,
  tradeId: TradeId,
  settlement: Settlement & { exitReason?: ExitReason },
): Promise<void> {
  await db.trade.updateMany({
    where: { id: tradeId, phase: { in: ['settling', 'closed'] } },
    data: { ...settlement, phase: 'closed', closedAt: new Date(settlement.closedAt) },
  });
}

/** Returns the stored result of a closed trade: the columns that a correction may change. */
export async function findSettlement(db: DatabaseOrTransaction, tradeId: TradeId) {
  const row = await db.trade.findUniqueOrThrow({
    where: { id: tradeId },
    select: {
      netPnlUsd: true,
      grossPnlUsd: true,
      feesUsd: true,
      fundingUsd: true,
      exitReason: true,
      isProvisional: true,
      settledFills: true,
      settledFunding: true,
    },
  });
  const { netPnlUsd, grossPnlUsd, feesUsd, fundingUsd, ...rest } = row;
  return {
    ...rest,
    netPnlUsd: text(netPnlUsd ?? NOTHING),
    grossPnlUsd: text(grossPnlUsd ?? NOTHING),
    feesUsd: text(feesUsd ?? NOTHING),
    fundingUsd: text(fundingUsd ?? NOTHING),
  };
}

const NOTHING = { toFixed: () => '0' };

/** An account at a venue. */
interface Account {
  venue: VenueName;
  accountId: AccountId;
}

/** Trades of an account that were closed from a time on and whose fills or payments are not the ones they count. */
export async function listMiscounted(
  db: DatabaseOrTransaction,
  { venue, accountId }: Account,
  closedSince: number,
): Promise<TradeId[]> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM trade
    WHERE venue = ${venue}::venue_name AND account_id = ${accountId} AND phase = 'closed'
      AND closed_at >= ${new Date(closedSince)} AND settled_fills IS NOT NULL
      AND (settled_fills <> (SELECT count(*) FROM fill WHERE fill.trade_id = trade.id)
        OR settled_funding <> (SELECT count(*) FROM funding_payment AS paid WHERE paid.trade_id = trade.id))`;
  return rows.map(({ id }) => asId<TradeId>(id));
}

/**
 * Returns when the oldest trade began, in epoch ms, of those that were closed from a time on without fills that
 * explain it; null when there is none.
 */
export async function oldestProvisional(
  db: DatabaseOrTransaction,
  { venue, accountId }: Account,
  closedSince: number,
): Promise<number | null> {
  const { _min } = await db.trade.aggregate({
    where: {
      venue,
      accountId,
      phase: 'closed',
      isProvisional: true,
      closedAt: { gte: new Date(closedSince) },
    },
    _min: { openedAt: true, createdAt: true },
  });
  const began = [_min.openedAt, _min.createdAt].flatMap((time) => time?.getTime() ?? []);
  return began.length === 0 ? null : Math.min(...began);
}

/** Trades of an account that were closed from a time on. */
export async function listClosedSince(
  db: DatabaseOrTransaction,
  { venue, accountId }: Account,
  closedSince: number,
): Promise<TradeId[]> {
  const rows = await db.trade.findMany({
    where: { venue, accountId, phase: 'closed', closedAt: { gte: new Date(closedSince) } },
    select: { id: true },
  });
  return rows.map(({ id }) => asId<TradeId>(id));
}
