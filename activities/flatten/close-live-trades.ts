import { setTimeout as delay } from 'node:timers/promises';
import type { TradeId, VenueName } from '#domain/ids.ts';
import { createLimited } from '#process/limited.ts';
import { listExposedTrades } from '#prisma/repositories/exposed-trades.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import { closePosition } from '../execution/close-position.ts';
import { confirmExit } from '../execution/confirm-exit.ts';
import type { ExecutionDeps } from '../execution/context.ts';
import { openPosition } from '../execution/open-position.ts';

/** By this name the exits are claimed: a second run goes on with what the first began. */
const FLATTENER = 'flatten';
/** Trades closed at a time. */
const AT_ONCE = 16;
const PAUSE_MS = 500;

/** How the close of a trade ended. */
export interface TradeClose {
  tradeId: TradeId;
  venue: VenueName;
  symbol: string;
  signalId: string;
  deploymentId: string;
  /** Null when the venue says that nothing of it is left. */
  problem: string | null;
}

/**
 * Closes every trade that may hold something at a venue, from the records and keys, without a worker. An entry under way
 * is concluded first. Takes the claims that workers take, so that one exit has one sender also while they run. Tries
 * again until `waitMs` are over. Brakes have to hold entries back already.
 */
export async function closeLiveTrades(
  deps: ExecutionDeps,
  { waitMs, onClosed }: { waitMs: number; onClosed: (close: TradeClose) => Promise<void> },
): Promise<TradeClose[]> {
  const until = performance.now() + waitMs;
  const limited = createLimited(AT_ONCE);
  const trades = await listExposedTrades(deps.db);
  return Promise.all(
    trades.map(({ tradeId, ...trade }) =>
      limited.run(async () => {
        const close = { tradeId, ...trade, problem: await closeTrade(deps, tradeId, until) };
        await onClosed(close);
        return close;
      }),
    ),
  );
}

/** Returns why the trade could not be closed in time, or null. */
async function closeTrade(deps: ExecutionDeps, tradeId: TradeId, until: number): Promise<string | null> {
  for (;;) {
    try {
      await closeOnce(deps, tradeId);
      return null;
    } catch (error) {
      if (performance.now() > until) return error instanceof Error ? error.message : String(error);
      await delay(PAUSE_MS);
    }
  }
}

async function closeOnce(deps: ExecutionDeps, tradeId: TradeId): Promise<void> {
  const { phase } = await getTrade(deps.db, tradeId);
  // What became of the entry is found out; one that has not left is refused by the brake.
  if (phase === 'opening' && (await openPosition(deps, { tradeId })).outcome === 'refused') return;
  await closePosition(deps, { tradeId }, { reason: 'force_close', by: FLATTENER, price: null });
  await confirmExit(deps, { tradeId });
}
