import { CLOCK_SKEW_MS } from '#domain/clock.ts';
import type { CheckedAccount } from '#prisma/repositories/account-checks.ts';
import { listClosedSince, listMiscounted, oldestProvisional } from '#prisma/repositories/settlements.ts';
import { findTrades } from '#prisma/repositories/trades.ts';
import type { Venue } from '#venues/venue.ts';
import { bookFills } from '../ledger/book-fills.ts';
import { correctSettlement } from '../ledger/correct-settlement.ts';
import type { TradingDeps } from '../deps.ts';
import { bookFunding } from '../ledger/settle-trade.ts';

/** How long a settlement can change. */
const SETTLED_FOR_GOOD_MS = 30 * 24 * 60 * 60_000;
/** How long after the end missing fills are read at every check; then only at full checks. */
const FILLS_WAITED_FOR_MS = 60 * 60_000;
/** How long after the end funding is read. */
const FUNDING_WAITED_FOR_MS = 60 * 60_000;

/**
 * Counts fills and payments that the venue listed after trades were settled. Returns the number of trades whose result
 * has changed.
 */
export async function correctLateSettlements(
  deps: TradingDeps,
  venue: Venue,
  account: CheckedAccount,
  { full }: { full: boolean },
): Promise<number> {
  await bookLateFills(deps, venue, account, full);
  if (full) await bookLateFunding(deps, venue, account);
  const miscounted = await listMiscounted(deps.db, account, deps.now() - SETTLED_FOR_GOOD_MS);
  let corrected = 0;
  for (const tradeId of miscounted) if (await correctSettlement(deps.db, tradeId)) corrected += 1;
  return corrected;
}

/** Books fills of trades that were settled without fills that explain their end. */
async function bookLateFills(
  { db, now }: TradingDeps,
  venue: Venue,
  account: CheckedAccount,
  full: boolean,
): Promise<void> {
  const waited = full ? SETTLED_FOR_GOOD_MS : FILLS_WAITED_FOR_MS;
  const began = await oldestProvisional(db, account, now() - waited);
  if (began === null) return;
  const fills = await venue.accounts.fillsSince(account.accountId, began - CLOCK_SKEW_MS);
  await bookFills(db, venue.name, account.accountId, fills);
}

/**
 * Books payments for positions that ended since the last full check, or so shortly before it that some may not be
 * listed.
 */
async function bookLateFunding(deps: TradingDeps, venue: Venue, account: CheckedAccount): Promise<void> {
  const { accountId, fullAt } = account;
  const earliest = deps.now() - SETTLED_FOR_GOOD_MS;
  const since = Math.max(earliest, (fullAt ?? earliest) - FUNDING_WAITED_FOR_MS);
  const trades = await findTrades(deps.db, await listClosedSince(deps.db, account, since));
  if (trades.length === 0) return;
  const from = Math.min(...trades.map(({ openedAt }) => openedAt ?? deps.now()));
  const listed = await venue.accounts.fundingSince(accountId, from - CLOCK_SKEW_MS);
  for (const trade of trades) await bookFunding(deps, trade, listed);
}
