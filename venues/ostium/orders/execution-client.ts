import type { OrderReport } from '#domain/order.ts';
import type { ExecutionClient, OrderRequest } from '../../venue.ts';
import { legOf } from './client-order-id.ts';
import { closeTrade } from './close-trade.ts';
import type { OstiumContext } from './context.ts';
import { denialOf } from '../chain/errors.ts';
import { moveLevel, withdrawLevel, withdrawn } from './move-level.ts';
import { openTrade } from './open-trade.ts';
import { RpcRefusal } from '../chain/rpc.ts';
import { settleOrder } from './take-back.ts';

/** Creates the client that sends orders: each is one transaction of the delegate, tried out before it is sent. */
export function createExecutionClient(context: OstiumContext): ExecutionClient {
  return {
    async place(account, requests, _grouping, options) {
      const [first, ...others] = requests;
      if (!first) return { kind: 'denied', code: 'request_malformed', text: 'an action needs an order' };
      try {
        if (!first.reduceOnly) return await openTrade(context, account, requests, options);
        if (first.kind === 'ioc') return await closeTrade(context, account, first, options);
        if (first.kind === 'post_only') return noBook;
        const moved = await moveLevel(context, account, first, options);
        if (moved.kind !== 'confirmed') return moved;
        return { kind: 'confirmed', value: [moved.value, ...others.map(notResident)] };
      } catch (error) {
        return denialOf(error);
      }
    },

    modify: (account, _target, order, options) => moveLevel(context, account, order, options).catch(denialOf),

    async cancel(account, instrument, clientOrderIds, options) {
      const legs = new Set(clientOrderIds.map(legOf));
      try {
        for (const level of ['take_profit', 'stop'] as const) {
          if (!legs.has(level)) continue;
          // oxlint-disable-next-line no-await-in-loop -- one transaction after the other
          const outcome = await withdrawLevel(context, account, { instrument, level }, options);
          if (outcome.kind !== 'confirmed') return outcome;
        }
        return withdrawn;
      } catch (error) {
        return denialOf(error);
      }
    },

    // A stop or target is a part of its trade, and ends with it.
    cancelResting: () => Promise.resolve(withdrawn),

    // Leverage is a part of the order that opens the trade.
    setLeverage: () => Promise.resolve(withdrawn),

    fence: ({ signer }, nonce, reference) => context.transactions.fence(signer, nonce, reference),

    async settle(account, order, options) {
      try {
        return await settleOrder(context, account, order, options);
      } catch (error) {
        if (error instanceof RpcRefusal) return { kind: 'unresolved', text: error.message };
        return denialOf(error);
      }
    },
  };
}

/** Trades are filled at the oracle's price: an order has no book to rest in. */
const noBook = {
  kind: 'denied',
  code: 'request_malformed',
  text: 'Ostium takes no post-only orders.',
} as const;

/** Returns the report of a second target, which a trade cannot have. */
const notResident = (order: OrderRequest): OrderReport => ({
  clientOrderId: order.clientOrderId,
  venueOrderId: null,
  status: 'rejected',
  size: order.size,
  filledSize: '0',
  averagePrice: null,
  code: 'one_target_only',
  text: 'A trade at Ostium has one take profit.',
});
