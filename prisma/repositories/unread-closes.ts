import { asId, type AccountId, type Symbol, type TradeId, type VenueName } from '#domain/ids.ts';
import type { DatabaseOrTransaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { ms } from './rows.ts';

/** A trade that is being closed in an account that nobody could read for a while: its close is in doubt. */
export interface UnreadClose {
  tradeId: TradeId;
  venue: VenueName;
  accountId: AccountId;
  symbol: Symbol;
  /** When the position was read last, or the close began, epoch ms. */
  since: number;
}

/** A close is in doubt when its account has not been read for so long. */
export const UNREAD_LIMIT_MS = 60_000;
/** Most trades that are listed. */
const MOST = 100;

/** Returns closes in doubt as of `now` (epoch ms), the oldest first; with `tradeId` that of one trade. */
export async function listUnreadCloses(
  db: DatabaseOrTransaction,
  { now, tradeId }: { now: number; tradeId?: TradeId },
): Promise<UnreadClose[]> {
  const isOne = tradeId === undefined ? Prisma.empty : Prisma.sql`AND trade.id = ${tradeId}::uuid`;
  const limit = new Date(now - UNREAD_LIMIT_MS);
  const rows = await db.$queryRaw<
    { id: string; venue: VenueName; account: string; symbol: Symbol; since: Date }[]
  >`
    SELECT trade.id, trade.venue::text, trade.account_id AS account, trade.symbol,
      GREATEST(trade.exit_claimed_at, position.confirmed_at) AS since
    FROM trade LEFT JOIN position USING (venue, account_id, symbol)
    WHERE trade.phase = 'closing' AND trade.venue IS NOT NULL ${isOne}
      AND GREATEST(trade.exit_claimed_at, position.confirmed_at) <= ${limit}
    ORDER BY since LIMIT ${MOST}`;
  return rows.map(({ id, account, since, ...row }) => ({
    ...row,
    tradeId: asId<TradeId>(id),
    accountId: asId<AccountId>(account),
    since: ms(since),
  }));
}
