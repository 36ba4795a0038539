import type { AccountId, Symbol, TradeId, VenueName } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { DatabaseOrTransaction } from '../client.ts';

/** A position that the venue reports; size 0 when flat. */
export interface ConfirmedPosition {
  venue: VenueName;
  accountId: AccountId;
  symbol: Symbol;
  tradeId: TradeId | null;
  size: DecimalString;
  entryPrice: DecimalString | null;
  liquidationPrice: DecimalString | null;
  confirmedAt: number;
}

/** Stores a position as last reported. The newest trade on the instrument owns the row. */
export async function savePosition(db: DatabaseOrTransaction, position: ConfirmedPosition): Promise<void> {
  const { venue, accountId, symbol } = position;
  const row = { ...position, confirmedAt: new Date(position.confirmedAt) };
  await db.position.upsert({
    where: { venue_accountId_symbol: { venue, accountId, symbol } },
    create: row,
    update: row,
  });
}
