import type { Side } from '#domain/ids.ts';
import type { ClosedTrade } from '../result.ts';
import type { LiveTrade } from './compare-live.ts';

/** Entries of one call that lie further apart than this are taken for two calls. */
export const MATCH_WITHIN_MS = 15 * 60_000;

/**
 * Returns live trades with the ids of the run's signals they belong to: by the id itself, else the nearest entry in
 * the instrument and side within a quarter of an hour, each of the run's trades once. Others keep their own id.
 */
export function matchLive(
  trades: readonly ClosedTrade[],
  live: readonly (LiveTrade & { side: Side })[],
): LiveTrade[] {
  const own = new Set(trades.map(({ signalId }) => signalId));
  const taken = new Set(live.map(({ signalId }) => signalId).filter((id) => own.has(id)));
  const pairs = live
    .filter(({ signalId }) => !own.has(signalId))
    .flatMap((each) =>
      trades
        .filter(
          ({ symbol, side, signalId }) =>
            symbol === each.symbol && side === each.side && !taken.has(signalId),
        )
        .map((trade) => ({ live: each, trade, apartMs: Math.abs(trade.enteredAt - each.enteredAt) })),
    )
    .filter(({ apartMs }) => apartMs <= MATCH_WITHIN_MS)
    .sort((a, b) => a.apartMs - b.apartMs);
  const signalOf = new Map<LiveTrade, string>();
  for (const { live: each, trade } of pairs) {
    if (signalOf.has(each) || taken.has(trade.signalId)) continue;
    signalOf.set(each, trade.signalId);
    taken.add(trade.signalId);
  }
  return live.map((each) => ({ ...each, signalId: signalOf.get(each) ?? each.signalId }));
}
