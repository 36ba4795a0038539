import type { AccountId } from '#domain/ids.ts';
import { amount } from '#domain/money.ts';
import { findTrades, type TradeRecord } from '#prisma/repositories/trades.ts';
import type { Venue, VenueFill } from '#venues/venue.ts';
import { bookFills, isNewsTo, tradesOf } from '../books/book-fills.ts';
import type { TradingDeps } from '../deps.ts';
import type { Limited } from '#domain/limited.ts';
import { afterExits, BOOKING_WAITS_MS, SETTLING_WAITS_MS } from './after-exits.ts';
import type { WatchBook } from './watch-book.ts';
import type { TradeMessenger } from './watch-orders.ts';

const LONGEST_LOOK_BACK_MS = 7 * 86_400_000;
/** The venue's clock and ours may differ. */
const CLOCK_MARGIN_MS = 60_000;

/** Books the fills of the accounts under watch, and tells the trades they belong to. */
export interface AccountFills {
  /** Once no closing order waits; what comes meanwhile is booked together. */
  book(accountId: AccountId, fills: readonly VenueFill[]): Promise<void>;
  /** Asks the venue, one account after the other. */
  ask(accountIds: readonly AccountId[]): Promise<void>;
  /** Asks for the next of these accounts, in turns. */
  askNext(accountIds: readonly AccountId[]): Promise<void>;
}

export function createAccountFills(
  deps: TradingDeps & { messenger: TradeMessenger },
  venue: Venue,
  watches: WatchBook,
  exits: Pick<Limited, 'idle'>,
): AccountFills {
  let turn = 0;
  const unbooked = new Map<AccountId, VenueFill[]>();
  const asking = new Set<AccountId>();

  async function book(accountId: AccountId, fills: readonly VenueFill[]): Promise<void> {
    const waiting = unbooked.get(accountId);
    if (waiting) {
      waiting.push(...fills);
      return;
    }
    const gathered = [...fills];
    unbooked.set(accountId, gathered);
    await afterExits(exits, BOOKING_WAITS_MS);
    unbooked.delete(accountId);
    await bookNow(accountId, gathered);
  }

  async function bookNow(accountId: AccountId, fills: readonly VenueFill[]): Promise<void> {
    const booked = await bookFills(deps.db, venue.name, accountId, fills);
    // Also those not on watch yet: a stop may fill before its trade is armed.
    const trades = await findTrades(deps.db, tradesOf(booked));
    for (const trade of trades) {
      const watch = watches.get(trade.id);
      if (watch && hasEnded(trade)) watches.remove(watch);
    }
    const news = trades.filter((trade) => isNewsTo(trade, booked));
    await Promise.all(news.map(tell));
  }

  async function tell(trade: TradeRecord): Promise<void> {
    if (hasEnded(trade)) await afterExits(exits, SETTLING_WAITS_MS);
    await deps.messenger.fillsBooked(trade);
  }

  /** Whoever asks for an account that is being asked for already shares that answer's bookings. */
  async function askOne(accountId: AccountId): Promise<void> {
    if (asking.has(accountId)) return;
    asking.add(accountId);
    try {
      const armedSince = watches.armedSince(accountId) ?? deps.now();
      const since = Math.max(armedSince, deps.now() - LONGEST_LOOK_BACK_MS) - CLOCK_MARGIN_MS;
      await bookNow(accountId, await venue.accounts.fillsSince(accountId, since));
    } finally {
      asking.delete(accountId);
    }
  }

  return {
    book,
    async ask(accountIds) {
      for (const accountId of accountIds) await askOne(accountId);
    },
    async askNext(accountIds) {
      const accountId = accountIds[(turn += 1) % Math.max(1, accountIds.length)];
      if (accountId !== undefined) await askOne(accountId);
    },
  };
}

const hasEnded = ({ remainingSize }: TradeRecord): boolean =>
  remainingSize !== null && amount(remainingSize).isZero();
