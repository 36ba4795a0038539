import type { ExitReason } from '#domain/barriers.ts';
import { isExitFill, listFills, type FillRecord } from '#prisma/repositories/fills.ts';
import { getTrade, type TradeRecord } from '#prisma/repositories/trades.ts';
import type { ExecutionDeps } from './context.ts';

/** Why the position ended: what the last closing fill was for. */
export async function reasonOfEnd(deps: ExecutionDeps, tradeId: TradeRecord['id']): Promise<ExitReason> {
  const trade = await getTrade(deps.db, tradeId);
  const fills = await listFills(deps.db, tradeId);
  const last = fills.findLast((fill) => isExitFill(trade.side, fill));
  return last ? reasonOfFill(trade, last) : (trade.exitReason ?? 'closed_at_venue');
}

function reasonOfFill(trade: TradeRecord, fill: FillRecord): ExitReason {
  if (fill.liquidation) return 'liquidation';
  if (fill.leg === 'stop') return trade.stopKind ?? 'stop_loss';
  if (fill.leg === 'take_profit') return 'take_profit';
  return fill.leg === 'exit' ? (trade.exitReason ?? 'force_close') : 'closed_at_venue';
}
