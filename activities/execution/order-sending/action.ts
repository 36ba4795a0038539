import type { Instrument } from '#domain/instrument.ts';
import { findSeparatePosition } from '#prisma/repositories/orders.ts';
import type { OrderDraft } from '#prisma/repositories/order-record.ts';
import { isHeld } from '#prisma/repositories/trade-lock.ts';
import type { CommandOptions } from '#venues/venue.ts';
import type { TradingDeps } from '../../deps.ts';
import type { TradingSession } from '../trading-session.ts';

/** Orders that go out together. */
export interface OrderAction {
  session: TradingSession;
  instrument: Instrument;
  drafts: readonly OrderDraft[];
  /** `attached` when the orders after the first protect it; `single` unless given. */
  grouping?: 'single' | 'attached';
  /** Given for entries only. */
  entryTerms?: EntryTerms;
}

/** Orders to be sent, and the nonce under which the caller has just written them down. */
export type WrittenAction = OrderAction & { nonce?: number | null };

/** Leverage of an entry, and how long it may leave. */
export interface EntryTerms {
  leverage: number;
  /** Epoch ms from which on the entry is not sent any more. */
  until: number | undefined;
  /** When brakes were last read, by the clock of `performance.now()`; null when they are to be read. */
  brakesReadAt: number | null;
}

/**
 * Returns the options of a command that name its separate position, where the venue has such, and that end it once
 * another holder of the trade has begun.
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
