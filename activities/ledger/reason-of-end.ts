import type { ExitReason } from '#domain/barriers.ts';
import { divideFills } from '#domain/divide-fills.ts';
import { listFills, type FillRecord } from '#prisma/repositories/fills.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import type { TradingDeps } from '../deps.ts';

/** Returns the reason of the last fill that closed a part of the position. */
export async function reasonOfEnd(
  deps: Pick<TradingDeps, 'db'>,
  tradeId: TradeRecord['id'],
): Promise<ExitReason> {
  const trade = await getTrade(deps.db, tradeId);
  const { closing } = divideFills(trade.side, await listFills(deps.db, tradeId));
  return closing ? reasonOfFill(trade, closing) : (trade.exitReason ?? 'closed_at_venue');
}

/** Returns the reason of a closing fill. */
export function reasonOfFill(
  trade: Pick<TradeRecord, 'stopKind' | 'exitReason'>,
  fill: Pick<FillRecord, 'liquidation' | 'leg'>,
): ExitReason {
  if (fill.liquidation) return 'liquidation';
  if (fill.leg === 'stop') return trade.stopKind ?? 'stop_loss';
  if (fill.leg === 'take_profit') return 'take_profit';
  return fill.leg === 'exit' ? (trade.exitReason ?? 'force_close') : 'closed_at_venue';
}
