import type { ChainEvent, Change } from './change.ts';
import { END_CHANGES } from './end-changes.ts';
import { FEE_CHANGES } from './fee-changes.ts';
import { HOLDING_CHANGES } from './holding-changes.ts';
import { ORDER_CHANGES } from './order-changes.ts';
import type { Books } from './rows.ts';

/** The change that each event makes in the books. Other events change nothing. */
const CHANGES: Record<string, Change> = {
  ...ORDER_CHANGES,
  ...HOLDING_CHANGES,
  ...FEE_CHANGES,
  ...END_CHANGES,
};

/** Brings the books up to an event. Events must come in the chain's order. */
export function applyEvent(books: Books, at: ChainEvent): void {
  CHANGES[at.event.name]?.(books, at.event.args, at);
}
