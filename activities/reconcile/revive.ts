import { tightenOnly } from '#domain/barriers.ts';
import { CLOCK_SKEW_MS } from '#domain/clock.ts';
import { divideFills } from '#domain/divide-fills.ts';
import { planProtection, type EntryPlan } from '#domain/entry-plan.ts';
import { direction } from '#domain/ids.ts';
import { amount, decimalString } from '#domain/money.ts';
import { fillsPnl } from '#domain/pnl.ts';
import { openedAt, type HeldPosition } from '#domain/reconcile.ts';
import type { TradePhase } from '#domain/trade.ts';
import type { CheckedAccount } from '#prisma/repositories/account-checks.ts';
import { listFills } from '#prisma/repositories/fills.ts';
import { listLastEnded, reviveTrade } from '#prisma/repositories/revivals.ts';
import { tradeBegan, type TradeBarriers, type TradeRecord } from '#prisma/repositories/trades.ts';
import type { Venue, VenueFill } from '#venues/venue.ts';
import { bookFills } from '../ledger/book-fills.ts';
import type { TradingDeps } from '../deps.ts';

/** A trade that goes on, and how it had ended. */
export interface Revived {
  trade: TradeRecord;
  endedAs: TradePhase;
}

type RevivalDeps = Pick<TradingDeps, 'db' | 'now'>;

/** No more trades than this can have ended with one position. */
const LAST_ENDED = 3;

/**
 * Goes on with a trade whose position the venue still holds: it was called refused, or ended, too early. Null when
 * its fills do not say so, or something else has taken its place.
 */
export async function revive(
  deps: RevivalDeps,
  venue: Venue,
  trade: TradeRecord,
  position: HeldPosition,
): Promise<Revived | null> {
  const { plan, side, accountId } = trade;
  if (!plan) return null;
  const since = (await tradeBegan(deps.db, trade.id)) - CLOCK_SKEW_MS;
  const listed = await venue.accounts.fillsSince(accountId, since);
  await bookFills(deps.db, venue.name, accountId, listed);
  const fills = await listFills(deps.db, trade.id);
  const { entries, entered, left, beside } = divideFills(side, fills);
  const held = amount(position.size).mul(direction(side));
  const { entryPrice } = fillsPnl(side, entries, []);
  const enteredAt = fills.find(({ isOwn }) => isOwn)?.time;
  if (enteredAt === undefined || entryPrice === null || left.lte(0)) return null;
  if (!held.eq(left.add(beside)) || !isAsOld(position, listed, enteredAt)) return null;
  const entrySize = decimalString(entered);
  const revived = await reviveTrade(deps.db, trade, {
    entrySize,
    entryPrice,
    remainingSize: decimalString(left),
    openedAt: enteredAt,
    barriers: barriersOf(trade, plan, { entrySize, entryPrice }),
    unprotectedSince: deps.now(),
  });
  return revived && { trade: revived, endedAs: trade.phase };
}

/** Whether a position is the one that was entered then, and not another that came after it. */
function isAsOld(
  { symbol, size, positionId }: HeldPosition,
  listed: readonly VenueFill[],
  enteredAt: number,
) {
  if (positionId !== undefined) return true;
  const began = openedAt(
    size,
    listed.filter((fill) => fill.symbol === symbol),
  );
  return began !== null && began <= enteredAt;
}

/** The trade of ours in an instrument that ended although the position held there is what it left; null: none. */
export async function reviveNetted(
  deps: RevivalDeps,
  venue: Venue,
  { accountId }: Pick<CheckedAccount, 'accountId'>,
  position: HeldPosition,
): Promise<Revived | null> {
  const at = { venue: venue.name, accountId, symbol: position.symbol };
  for (const ended of await listLastEnded(deps.db, at, LAST_ENDED)) {
    const revived = await revive(deps, venue, ended, position);
    if (revived) return revived;
  }
  return null;
}

/** The exits it had, with the stop no looser than it last stood; else those of its plan, from where it entered. */
function barriersOf(
  trade: TradeRecord,
  plan: EntryPlan,
  { entrySize, entryPrice }: { entrySize: string; entryPrice: string },
): TradeBarriers {
  const { barriers, stopPrice, side } = trade;
  if (barriers) {
    const stop =
      stopPrice === null ? barriers.levels.stop : tightenOnly(side, barriers.levels.stop, stopPrice);
    return { ...barriers, levels: { ...barriers.levels, stop } };
  }
  const fromEntry = planProtection(plan, entrySize, entryPrice);
  const planned = fromEntry.ok ? fromEntry : planProtection(plan, entrySize, plan.referencePrice);
  if (!planned.ok) throw new Error(planned.refusal.text);
  return { policy: plan.barriers, levels: planned.value.levels };
}
