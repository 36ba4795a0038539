import type { Instrument } from '#domain/instrument.ts';
import { findSeparatePosition, type OrderDraft } from '#prisma/repositories/orders.ts';
import { isHeld } from '#prisma/repositories/trade-lock.ts';
import type { CommandOptions } from '#venues/venue.ts';
import type { TradingDeps } from '../../deps.ts';
import type { TradingSession } from '../trading-session.ts';

/** Orders that go out together. */
export interface OrderAction {
  session: TradingSession;
  instrument: Instrument;
  drafts: readonly OrderDraft[];
  /** Whether the orders after the first protect it; `single` unless given. */
  grouping?: 'single' | 'attached';
  /** Given for entries only. */
  entryTerms?: EntryTerms;
}

/** Orders to be sent; with the nonce under which the caller has just written them down. */
export type WrittenAction = OrderAction & { nonce?: number | null };

/** What a venue is told about an entry, and until when it may leave. */
export interface EntryTerms {
  leverage: number;
  /** Epoch ms from which on the entry is not sent any more. */
  until: number | undefined;
}

/**
 * Returns which position a command is about, where the venue has to be told, and for how long it may leave: a command
 * of one holder of the trade is not sent once there is another.
 */
export async function positionOptions(
  { db }: Pick<TradingDeps, 'db'>,
  { venue, hold }: Pick<TradingSession, 'venue' | 'hold'>,
  tradeId: OrderDraft['tradeId'],
): Promise<Pick<CommandOptions, 'entryOrderId' | 'positionSize' | 'notAfter' | 'isWanted'>> {
  return {
    ...(venue.capabilities.separatePositions && (await findSeparatePosition(db, tradeId))),
    ...(hold && { notAfter: hold.until, isWanted: () => isHeld(db, hold) }),
  };
}
