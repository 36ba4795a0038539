import type { RunRecord } from './run-record.ts';
import type { Published } from './publish-posts.ts';

type Trade = RunRecord['trades'][number];

/** Trades that still hold, or may yet open, a position. */
export const liveTrades = ({ trades }: RunRecord): Trade[] =>
  trades.filter(({ phase }) => phase !== 'closed' && phase !== 'skipped');

/** Whether everything that was published has been read, judged and traded to its bill, or skipped. */
export function isSettled(books: RunRecord, published: Published): boolean {
  return (
    linesRead(books) >= published.lines.size &&
    books.messages.every(({ evaluatedAt }) => evaluatedAt !== null) &&
    books.signals.every(({ id }) => isTakenUp(books, id)) &&
    liveTrades(books).length === 0 &&
    books.trades.every((trade) => trade.phase === 'skipped' || isBilled(books, trade))
  );
}

/** How many published lines the sources have found. */
export const linesRead = ({ messages, skips }: RunRecord): number =>
  messages.length + skips.filter(isUnreadableLine).length;

/** A line that no message could be made of. */
const isUnreadableLine = ({ code, message }: RunRecord['skips'][number]): boolean =>
  code === 'malformed_message' && message === null;

const isTakenUp = ({ trades, skips }: RunRecord, signalId: string): boolean =>
  trades.some((trade) => trade.signalId === signalId) || skips.some((skip) => skip.signalId === signalId);

const isBilled = ({ events }: RunRecord, { id }: Trade): boolean =>
  events.some(({ tradeId, type }) => tradeId === id && type === 'billed');
