import type { Chain } from '../chain/chain.ts';
import type { TradeHistory } from '../accounts/history.ts';
import type { Timing } from '../chain/options.ts';
import type { OrderFinder } from './order-finder.ts';
import type { PairBook } from '../market/pairs.ts';
import type { Positions } from '../accounts/positions.ts';
import type { PriceService } from '../market/prices.ts';
import type { Transactions } from '../chain/transactions.ts';

/** The parts of the venue that orders need. */
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
