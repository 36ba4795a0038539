import type { DecimalString } from '#domain/money.ts';
import type { OrderReport } from '#domain/order.ts';
import type { ExecutionDeps, TradeContext } from './context.ts';
import { exitDraft } from './drafts.ts';
import { exitLimit } from './exit-price.ts';

/** A closing order of an exit that is claimed. */
interface ClosingOrder {
  size: DecimalString;
  /** Price from which its limit is derived; null when the price of now is to be read. */
  price: DecimalString | null;
  revision: number;
}

/** Sends a closing order, or finds out about the one of that revision. Returns the venue's report of it. */
export async function sendClosingOrder(
  deps: ExecutionDeps,
  context: TradeContext,
  { size, price, revision }: ClosingOrder,
): Promise<OrderReport | null> {
  const { trade, plan, session } = context;
  const limit = price === null ? await exitLimit(deps, context) : { price };
  const drafts = [exitDraft(trade, session.venue, plan, { ...limit, size, revision })];
  const [report] = await deps.orderSender.send({ session, instrument: plan.instrument, drafts });
  return report ?? null;
}
