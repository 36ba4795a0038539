import type { Chain } from './chain.ts';
import type { TradeHistory } from './history.ts';
import type { Timing } from './options.ts';
import type { OrderFinder } from './orders.ts';
import type { PairBook } from './pairs.ts';
import type { Positions } from './positions.ts';
import type { PriceService } from './prices.ts';
import type { Transactions } from './transactions.ts';

/** What the clients of the venue stand on. */
export interface OstiumContext {
  chain: Chain;
  transactions: Transactions;
  pairs: PairBook;
  prices: PriceService;
  positions: Positions;
  history: TradeHistory;
  orders: OrderFinder;
  timing: Timing;
}
