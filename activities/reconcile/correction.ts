import { keyOf, RECONCILER, type Difference } from '#domain/reconcile.ts';
import { inTransaction, type DatabaseOrTransaction } from '#prisma/client.ts';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import { isUniqueViolation } from '#prisma/repositories/rows.ts';
import { recordTradeEvent } from '#prisma/repositories/trade-events.ts';
import type { TradeLifecycles, TradeMessenger } from '../deps.ts';
import type { ExecutionDeps } from '../execution/context.ts';

export interface ReconcileDeps extends ExecutionDeps {
  messenger: TradeMessenger;
  lifecycles: TradeLifecycles;
}

/** A correction as it is written to the audit log. */
export interface CorrectionRecord {
  action: string;
  subject: string;
  before: object;
  after: object;
  /** The trade that it belongs to, and the trade event. */
  line?: { tradeId: string; text: string };
}

/** A way to correct the records. */
export interface Correction {
  /**
   * Changes the records, in one transaction with the audit log. Returns what to record; null when there is nothing to
   * correct.
   */
  write: (tx: DatabaseOrTransaction) => Promise<CorrectionRecord | null>;
  /** Reports the correction after it is committed. When the process dies before, the next comparison does it. */
  follow?: () => Promise<unknown>;
}

/**
 * Carries out a correction and records it, both or neither. Returns whether anything was changed; a correction that
 * another change has overtaken changes nothing.
 */
export async function carryOut(
  deps: ReconcileDeps,
  difference: Difference,
  { write, follow }: Correction,
): Promise<boolean> {
  try {
    const record = await inTransaction(deps.db, async (tx) => {
      const written = await write(tx);
      if (written) await note(tx, difference, written, deps.now());
      return written;
    });
    if (!record) return false;
    deps.logger.warn({ ...record, line: undefined }, 'books and venue differed');
  } catch (error) {
    if (isUniqueViolation(error)) return false;
    throw error;
  }
  await follow?.();
  return true;
}

async function note(
  tx: DatabaseOrTransaction,
  difference: Difference,
  { line, ...entry }: CorrectionRecord,
  now: number,
): Promise<void> {
  await recordChange(tx, { actor: RECONCILER, ...entry });
  if (!line) return;
  await recordTradeEvent(tx, {
    tradeId: line.tradeId,
    key: `reconciled/${keyOf(difference)}/${now}`,
    type: 'reconciled',
    text: line.text,
    data: { before: entry.before, after: entry.after },
  });
}
