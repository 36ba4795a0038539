import { setTimeout as delay } from 'node:timers/promises';
import type { DecimalString } from '#domain/money.ts';
import { amount, decimalString } from '#domain/money.ts';
import { remedyFor } from '#domain/stop-refusal.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import { resizeTrade } from '#prisma/repositories/trade-changes.ts';
import type { TradeRef } from '../contract.ts';
import { loadContext, type ExecutionDeps, type TradeContext } from './context.ts';
import { fitTargets } from './fit-targets.ts';
import { ensureStop, type StopResult } from './stops.ts';
import { syncWithVenue } from './sync-position.ts';
import { wantedStop } from './wanted-stop.ts';

/** Places the stop of a filled entry that has none, and its missing targets. */
export async function protectPosition(
  deps: ExecutionDeps,
  { tradeId }: TradeRef,
): Promise<{ stopPrice: DecimalString } | { failed: string }> {
  const context = await loadContext(deps, tradeId);
  const result = await insistOnStop(deps, context);
  if (!result.ok) return { failed: result.text };
  await fitTargets(deps, context);
  return { stopPrice: result.price };
}

/** Number of attempts at a stop, after which the position is closed. */
const STOP_ATTEMPTS = 4;
const STOP_RETRY_MS = 100;

/** Places the stop, again after each refusal that can be mended. */
async function insistOnStop(deps: ExecutionDeps, context: TradeContext): Promise<StopResult> {
  for (let attempt = 1; ; attempt += 1) {
    const trade = await getTrade(deps.db, context.trade.id);
    const wanted = wantedStop(trade, 0);
    if (!wanted) return { ok: false, code: 'no_stop', text: 'The trade has no stop to place.' };
    const result = await ensureStop(deps, { ...context, trade }, wanted);
    const remedy = result.ok ? null : remedyFor(result.code);
    if (remedy === null || remedy === 'close' || attempt === STOP_ATTEMPTS) return result;
    if (remedy === 'resize') await takeVenueSize(deps, { ...context, trade });
    await delay(STOP_RETRY_MS * attempt);
  }
}

/** Reads the size from the venue when the booked fills do not explain it. */
async function takeVenueSize(deps: ExecutionDeps, context: TradeContext): Promise<void> {
  const { position, trade } = await syncWithVenue(deps, context);
  const held = position && decimalString(amount(position.size).abs());
  if (!position || held === null || amount(held).eq(trade.remainingSize ?? '0')) return;
  await resizeTrade(deps.db, trade.id, { remainingSize: held });
}
