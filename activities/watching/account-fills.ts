import { setTimeout as delay } from 'node:timers/promises';
import { CLOCK_SKEW_MS } from '#domain/clock.ts';
import type { AccountId } from '#domain/ids.ts';
import { amount } from '#domain/money.ts';
import { findTrades } from '#prisma/repositories/trades.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import type { Venue, VenueFill } from '#venues/venue.ts';
import { bookFills, isNewsTo, tradesOf } from '../ledger/book-fills.ts';
import type { TradingDeps, TradeMessenger } from '../deps.ts';
import type { Limited } from '#process/limited.ts';
import { afterExits, BOOKING_WAITS_MS, SETTLING_WAITS_MS } from './after-exits.ts';
import type { LiveWatch } from './live-watch.ts';
import type { WatchBook } from './watch-book.ts';

const LONGEST_LOOK_BACK_MS = 7 * 86_400_000;
/** How long a closing order waits for fills that no stream has reported. */
const GAP_WAITS_MS = 1_000;

/** Books the fills of the watched accounts, and reports them to the trades they belong to. */
export interface AccountFills {
  /** Books fills once no closing order waits, together with fills that come until then. */
  book(accountId: AccountId, fills: readonly VenueFill[]): Promise<void>;
  /** Asks the venue for the fills of accounts, one after the other. */
  ask(accountIds: readonly AccountId[]): Promise<void>;
  /** Asks for the fills of one of these accounts, of the next one at each call. */
  askNext(accountIds: readonly AccountId[]): Promise<void>;
  /** Takes note that the stream is up again: fills of before were perhaps not reported. */
  restart(): void;
  /**
   * Returns null when the fills of a watch's account are known without a gap. Returns otherwise what asks for the
   * missing ones, and resolves when they are booked or after a time limit: a part that the owner has closed must not be
   * closed again.
   */
  closeGap(watch: LiveWatch): Promise<void> | null;
}

export function createAccountFills(
  deps: TradingDeps & { messenger: TradeMessenger },
  venue: Venue,
  watches: WatchBook,
  exits: Pick<Limited, 'idle'>,
): AccountFills {
  let turn = 0;
  const unbooked = new Map<AccountId, VenueFill[]>();
  const asking = new Map<AccountId, Promise<void>>();
  /** Accounts that were asked since the stream came up. */
  const asked = new Set<AccountId>();
  let upSince = deps.now();

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
    // Trades that are not watched yet count too: a stop may fill before its trade is armed.
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

  /** Asks for the fills of an account, unless that is under way. */
  function askOne(accountId: AccountId): Promise<void> {
    const known = asking.get(accountId);
    if (known) return known;
    const answer = askNow(accountId).finally(() => asking.delete(accountId));
    asking.set(accountId, answer);
    return answer;
  }

  async function askNow(accountId: AccountId): Promise<void> {
    const since = Math.max(watches.armedSince(accountId) ?? deps.now(), deps.now() - LONGEST_LOOK_BACK_MS);
    await bookNow(accountId, await venue.accounts.fillsSince(accountId, since - CLOCK_SKEW_MS));
    asked.add(accountId);
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
    restart() {
      asked.clear();
      upSince = deps.now();
    },
    closeGap({ record: { accountId, armedAt } }) {
      if (armedAt >= upSince || asked.has(accountId)) return null;
      const given = askOne(accountId).catch((err: unknown) =>
        deps.logger.warn({ accountId, err }, 'closing without the fills of a gap'),
      );
      return Promise.race([given, delay(GAP_WAITS_MS, undefined, { ref: false })]);
    },
  };
}

const hasEnded = ({ remainingSize }: TradeRecord): boolean =>
  remainingSize !== null && amount(remainingSize).isZero();
