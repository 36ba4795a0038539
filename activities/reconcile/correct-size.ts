import { CLOCK_SKEW_MS } from '#domain/clock.ts';
import { divideFills, ownPart } from '#domain/divide-fills.ts';
import { amount, decimalString, type DecimalString } from '#domain/money.ts';
import { fillsPnl } from '#domain/pnl.ts';
import type { Difference } from '#domain/reconcile.ts';
import type { DatabaseOrTransaction } from '#prisma/client.ts';
import { listFills } from '#prisma/repositories/fills.ts';
import { getTrade, tradeBegan } from '#prisma/repositories/trades.ts';
import { growTrade } from '#prisma/repositories/trade-changes.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import type { Venue } from '#venues/venue.ts';
import { bookFillsOf } from '../ledger/book-fills.ts';
import type { Correction, CorrectionRecord, ReconcileDeps } from './correction.ts';

/** A reading of an account is never older than this. An end that no fill reports waits for the next comparison. */
const READING_LAG_MS = 30_000;

/**
 * Books the fills that explain the difference, and takes a size from them that is not recorded. The trade's workflow
 * then fits the stop or ends the trade. A separate position that is not shown has ended only once its fills say so.
 * Returns null when nothing was found to correct.
 */
export async function correctSize(
  deps: ReconcileDeps,
  venue: Venue,
  difference: Extract<Difference, { kind: 'position_gone' | 'size_differs' }>,
): Promise<Correction | null> {
  const before = await getTrade(deps.db, difference.trade.tradeId);
  if (before.phase !== 'open') return null;
  const since = (await tradeBegan(deps.db, before.id)) - CLOCK_SKEW_MS;
  const fills = await venue.accounts.fillsSince(before.accountId, since);
  const venueSize = difference.kind === 'size_differs' ? difference.position.size : '0';
  const mayBeGone = difference.kind === 'position_gone' && !venue.capabilities.separatePositions;
  let isUnexplained = false;
  return {
    async write(tx) {
      await bookFillsOf(tx, before, venue.name, fills);
      await takeFilledSize(tx, before, venueSize);
      const after = await getTrade(tx, before.id);
      const isLeft = !amount(after.remainingSize ?? '0').isZero();
      const isGone = mayBeGone && (!isLeft || !isNew(deps, before));
      // The position is gone and no fill says how: its end is to be confirmed, and settled provisionally.
      isUnexplained = isGone && isLeft;
      const isChanged = JSON.stringify(sizesOf(before)) !== JSON.stringify(sizesOf(after));
      return isChanged || isGone ? sizeRecord(difference.kind, { before, after, venueSize }) : null;
    },
    follow: () =>
      isUnexplained
        ? deps.messenger.exitStarted(before, 'closed_at_venue')
        : deps.messenger.fillsBooked(before),
  };
}

const sizeRecord = (
  kind: Difference['kind'],
  { before, after, venueSize }: { before: TradeRecord; after: TradeRecord; venueSize: DecimalString },
): CorrectionRecord => ({
  action: kind === 'size_differs' ? 'trade.correct_size' : 'trade.position_gone',
  subject: `trade/${before.id}`,
  before: sizesOf(before),
  after: { ...sizesOf(after), venueSize },
  line: {
    tradeId: before.id,
    text: `The venue holds ${venueSize} where the books had ${before.remainingSize}; the books now have ${after.remainingSize}`,
  },
});

/** Returns whether a trade was opened so shortly ago that a reading of the account may be older than its entry. */
const isNew = ({ now }: ReconcileDeps, { openedAt }: TradeRecord): boolean =>
  openedAt !== null && now() - openedAt < READING_LAG_MS;

/** Stores the size that the fills of the trade's own orders leave, where it is larger than the recorded one. */
async function takeFilledSize(
  db: DatabaseOrTransaction,
  { id, side }: TradeRecord,
  venueSize: DecimalString,
): Promise<void> {
  const { remainingSize } = await getTrade(db, id);
  const { entries, entered, left } = divideFills(side, await listFills(db, id));
  const { entryPrice } = fillsPnl(side, entries, []);
  const own = ownPart(side, left, venueSize);
  if (entryPrice === null || own.lte(remainingSize ?? '0')) return;
  await growTrade(db, id, {
    entrySize: decimalString(entered),
    remainingSize: decimalString(own),
    entryPrice,
  });
}

/** Returns the sizes and the entry price of a trade, for the record of a correction. */
export const sizesOf = ({ entrySize, remainingSize, entryPrice }: TradeRecord) => ({
  entrySize,
  remainingSize,
  entryPrice,
});
