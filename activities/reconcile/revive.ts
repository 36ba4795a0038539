import { tightenOnly } from '#domain/barriers.ts';
import { CLOCK_SKEW_MS } from '#domain/clock.ts';
import { divideFills } from '#domain/divide-fills.ts';
import { planProtection, type EntryPlan } from '#domain/entry-plan.ts';
import { direction } from '#domain/ids.ts';
import { amount, decimalString } from '#domain/money.ts';
import { fillsPnl } from '#domain/pnl.ts';
import { openedAt, type HeldPosition } from '#domain/reconcile.ts';
import type { CheckedAccount } from '#prisma/repositories/account-checks.ts';
import { listFills } from '#prisma/repositories/fills.ts';
import { listLastEnded, type Revival } from '#prisma/repositories/revivals.ts';
import { tradeBegan } from '#prisma/repositories/trades.ts';
import type { TradeBarriers, TradeRecord } from '#prisma/repositories/trade-record.ts';
import type { Venue, VenueFill } from '#venues/venue.ts';
import { bookFills } from '../ledger/book-fills.ts';
import type { TradingDeps } from '../deps.ts';

/** An ended trade, and the state in which it goes on. */
export interface PlannedRevival {
  trade: TradeRecord;
  revival: Revival;
}

type RevivalDeps = Pick<TradingDeps, 'db' | 'now'>;

/** Most trades that can have ended with one position. */
const LAST_ENDED = 3;

/**
 * Returns the state in which a trade goes on whose position the venue still holds, because it was called refused or
 * ended too early. Returns null when its fills do not say so.
 */
export async function planRevival(
  deps: RevivalDeps,
  venue: Venue,
  trade: TradeRecord,
  position: HeldPosition,
): Promise<PlannedRevival | null> {
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
  const revival = {
    entrySize,
    entryPrice,
    remainingSize: decimalString(left),
    openedAt: enteredAt,
    barriers: barriersOf(trade, plan, { entrySize, entryPrice }),
    unprotectedSince: deps.now(),
  };
  return { trade, revival };
}

/** Returns whether a position was entered by the trade, and did not come after it. */
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

/**
 * Returns the state in which an ended trade goes on, when the position held in its instrument is the one it left; null
 * when none did.
 */
export async function planNettedRevival(
  deps: RevivalDeps,
  venue: Venue,
  { accountId }: Pick<CheckedAccount, 'accountId'>,
  position: HeldPosition,
): Promise<PlannedRevival | null> {
  const at = { venue: venue.name, accountId, symbol: position.symbol };
  for (const ended of await listLastEnded(deps.db, at, LAST_ENDED)) {
    const planned = await planRevival(deps, venue, ended, position);
    if (planned) return planned;
  }
  return null;
}

/**
 * Returns the exits that the trade had, with its stop no looser than last; else those of its plan, from its entry
 * price.
 */
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
