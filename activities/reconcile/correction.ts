import type { TradeLifecycles, TradeMessenger } from '../deps.ts';
import type { ExecutionDeps } from '../execution/context.ts';

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
