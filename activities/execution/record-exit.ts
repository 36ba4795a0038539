import type { ExitReason } from '#domain/barriers.ts';
import type { TradeId } from '#domain/ids.ts';
import { amount, type DecimalString } from '#domain/money.ts';
import { recordTradeEvent } from '#prisma/repositories/trade-events.ts';
import { saveWatchStatus } from '#prisma/repositories/watches.ts';
import { tellOfClose } from '../ledger/audited.ts';
import type { ExecutionDeps } from './context.ts';

/** A claimed exit whose closing order was sent. */
export interface ExitSent {
  tradeId: TradeId;
  reason: ExitReason;
  by: string;
  /** Price at which the exit was decided; null when no price decided it. */
  price: DecimalString | null;
  /** Size that its closing order closes; 0 when nothing was left to close. */
  size: DecimalString;
  /** Whether `recordExit` has been called. */
  isRecorded: boolean;
}

/** Writes the trade event of an exit and ends the trade's watch, unless that is done. Returns the exit as recorded. */
export async function recordExit(deps: Pick<ExecutionDeps, 'db'>, exit: ExitSent): Promise<ExitSent> {
  if (exit.isRecorded) return exit;
  const { tradeId, reason, by, price, size } = exit;
  const event = {
    tradeId,
    key: 'exit_started',
    type: 'exit_started',
    text: `${whatCloses(size)}: ${reason}, by ${by}${price === null ? '' : ` at ${price}`}`,
    data: { reason, by, price, size },
  };
  await Promise.all([
    reason === 'force_close' ? tellOfClose(deps.db, event, by) : recordTradeEvent(deps.db, event),
    saveWatchStatus(deps.db, tradeId, 'fired', { reason, price }),
  ]);
  return { ...exit, isRecorded: true };
}

const whatCloses = (size: DecimalString): string =>
  amount(size).isZero() ? 'Nothing is left to close' : `Closing ${size}`;
