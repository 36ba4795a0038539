import type { EntryPlan } from '#domain/entry-plan.ts';
import type { TradeId } from '#domain/ids.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import type { TradingDeps } from '../deps.ts';
import type { TradingSession, OpenSession } from './trading-session.ts';
import type { OrderSender } from './order-sending/index.ts';

/** Dependencies of everything that sends orders. */
export interface ExecutionDeps extends TradingDeps {
  openSession: OpenSession;
  orderSender: OrderSender;
}

/** A planned trade with the session of its account. */
export interface TradeContext {
  trade: TradeRecord;
  plan: EntryPlan;
  session: TradingSession;
}

/** Reads a trade and opens its account; throws when it was never planned. */
export const loadContext = async (deps: ExecutionDeps, tradeId: TradeId): Promise<TradeContext> =>
  openContext(deps, await getTrade(deps.db, tradeId));

/** Opens the account of a trade as just read; throws when it was never planned. */
export async function openContext(deps: ExecutionDeps, trade: TradeRecord): Promise<TradeContext> {
  const { plan, venue } = trade;
  if (!plan || !venue) throw new Error(`trade ${trade.id} has no plan: it is ${trade.phase}`);
  const session = await deps.openSession({ ...trade, venue });
  return { trade, plan, session };
}
