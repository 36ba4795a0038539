import type { OrderReport } from '#domain/order.ts';
import type { ExitClaim } from '#prisma/repositories/exit-claims.ts';
import { writeOrders } from '#prisma/repositories/order-attempts.ts';
import type { TradingDeps } from '../../deps.ts';
import type { OrderAction, WrittenAction } from './action.ts';
import { send, sendAgain, sendOnce } from './send.ts';

export { positionOptions } from './action.ts';
export { fence, type LostCommand } from './fence.ts';
export type { OrderAction } from './action.ts';
export { PostponedOrderError, TradeOverError, UnresolvedOrderError } from './errors.ts';

/**
 * The one way orders reach a venue. An order is written down under its client id and nonce before it is sent; an
 * attempt whose end is unknown is fenced off by its nonce and looked up before the next attempt. So a time-out, a crash
 * or a second worker never makes a second order.
 */
export interface OrderSender {
  /**
   * Sends the orders in one action, or finds out what became of the attempt that sent them before. Returns their
   * reports in the order of the drafts. Throws `UnresolvedOrderError` and `PostponedOrderError`, after which the caller
   * retries; and `TradeOverError`, with nothing sent, when stops and targets are for a trade whose end has begun.
   */
  send(action: WrittenAction): Promise<OrderReport[]>;
  /**
   * Claims the exit of a trade and sends its closing order, in as little time as it takes. Returns null, with nothing
   * sent, when the exit could not be claimed or the order is in the books already: `closePosition` finds out.
   */
  claimAndSend(action: OrderAction, claim: ExitClaim): Promise<OrderReport[] | null>;
}

export function createOrderSender(deps: TradingDeps): OrderSender {
  return {
    send: (action) => send(deps, action),
    async claimAndSend(action, claim) {
      const { session, drafts } = action;
      const nonce = await writeOrders(deps.db, await session.nonceDraw(), drafts, claim);
      if (nonce === null) return null;
      await deps.failpoint('exit.after_claim');
      return (await sendOnce(deps, action, nonce)) ?? sendAgain(deps, action);
    },
  };
}
