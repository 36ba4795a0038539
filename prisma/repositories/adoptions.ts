import type { EntryPlan } from '#domain/entry-plan.ts';
import { asId, type AccountId, type TradeId, type VenueName } from '#domain/ids.ts';
import { amount, decimalString, type DecimalString } from '#domain/money.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { asJson, asPlainJson } from './json.ts';
import { getTrade } from './trades.ts';
import type { TradeBarriers, TradeRecord } from './trade-record.ts';

/** A position at the venue that no trade explains, with the plan it is to be held by. */
export interface FoundPosition {
  venue: VenueName;
  accountId: AccountId;
  deploymentId: string;
  plan: EntryPlan;
  barriers: TradeBarriers;
  /** Size of the position now. */
  size: DecimalString;
  /** Total size of its entry fills; some of it may have been closed. */
  entrySize: DecimalString;
  entryPrice: DecimalString;
  openedAt: number;
  foundAt: number;
}

/**
 * Inserts the trade of a position that was found at the venue: already open, with a signal of its own and the fills
 * since its opening. Returns the trade. Throws a unique violation when the account has another live trade in the
 * instrument.
 */
export async function adoptPosition(tx: DatabaseOrTransaction, found: FoundPosition): Promise<TradeRecord> {
  const { agentId } = await tx.agentDeployment.findUniqueOrThrow({
    where: { id: found.deploymentId },
    select: { agentId: true },
  });
  const signal = await tx.signal.create({ data: adoptedSignal(agentId, found), select: { id: true } });
  const trade = await tx.trade.create({ data: adoptedTrade(signal.id, found), select: { id: true } });
  const { venue, accountId, plan, openedAt } = found;
  await tx.fill.updateMany({
    where: {
      venue,
      accountId,
      symbol: plan.instrument.symbol,
      tradeId: null,
      time: { gte: new Date(openedAt) },
    },
    data: { tradeId: trade.id },
  });
  return getTrade(tx, asId<TradeId>(trade.id));
}

const adoptedSignal = (agentId: string, { plan, venue, foundAt, entryPrice, size }: FoundPosition) => ({
  agentId,
  symbol: plan.instrument.symbol,
  side: plan.side,
  origin: 'adoption' as const,
  confidence: 1,
  sizeModel: asJson({ mode: 'fixedNotional', notionalUsd: decimalString(amount(size).mul(entryPrice)) }),
  barriers: asJson(plan.barriers),
  requestedVenue: venue,
  leverage: plan.leverage,
  expiresAt: new Date(foundAt),
  referencePrice: entryPrice,
  maxDriftPct: 0,
  // It is this one trade and goes to no other deployment.
  fannedOutAt: new Date(foundAt),
});

const adoptedTrade = (signalId: string, found: FoundPosition) => ({
  signalId,
  deploymentId: found.deploymentId,
  phase: 'open' as const,
  symbol: found.plan.instrument.symbol,
  side: found.plan.side,
  accountId: found.accountId,
  venue: found.venue,
  plan: asPlainJson(found.plan),
  barriers: asPlainJson(found.barriers),
  entrySize: found.entrySize,
  entryPrice: found.entryPrice,
  remainingSize: found.size,
  openedAt: new Date(found.openedAt),
  isAdopted: true,
});
