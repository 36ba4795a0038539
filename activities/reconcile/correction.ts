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

/** A correction as it stands in the audit log. */
export interface CorrectionRecord {
  action: string;
  subject: string;
  before: object;
  after: object;
  /** The trade whose story it belongs to, and the line there. */
  line?: { tradeId: string; text: string };
}

/** How books and venue are brought together. */
export interface Correction {
  /** Changes the books, in the transaction that records it. Returns the record; null when nothing is to be corrected. */
  write: (tx: DatabaseOrTransaction) => Promise<CorrectionRecord | null>;
  /** Tells of it once it stands. A process that dies before leaves that to the next comparison. */
  follow?: () => Promise<unknown>;
}

/**
 * Corrects the books and writes down what was changed: both or neither. Returns whether anything was; a correction
 * that another trade has overtaken changes nothing.
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
