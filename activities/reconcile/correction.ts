import type { TradeRecord } from '#prisma/repositories/trades.ts';
import type { ExecutionDeps } from '../execution/context.ts';
import type { TradeMessenger } from '../watching/watch-orders.ts';

/** Starts, or starts again, what looks after a trade. */
export interface TradeLifecycles {
  /** Makes sure that the lifecycle of a live trade runs; answers whether it had to be started. */
  ensure(trade: Pick<TradeRecord, 'signalId' | 'deploymentId'>): Promise<boolean>;
}

export interface ReconcileDeps extends ExecutionDeps {
  messenger: TradeMessenger;
  lifecycles: TradeLifecycles;
}

/** A correction as it stands in the audit log. */
export interface Correction {
  action: string;
  subject: string;
  before: object;
  after: object;
  /** The trade whose story it belongs to, and the line there. */
  line?: { tradeId: string; text: string };
}
