import { asId, type AccountId } from '#domain/ids.ts';
import type { StreamHandlers, VenueFill, VenueStream } from '../../venue.ts';
import type { Chain } from '../chain/chain.ts';
import type { Timing } from '../chain/options.ts';
import { isStale, type OstiumPrice, type PriceService } from './prices.ts';

/** The parts of the venue that a stream looks at. */
export interface StreamContext {
  chain: Chain;
  prices: PriceService;
  timing: Timing;
  history: {
    /** Returns the fills of all wallets in a range of blocks. Throws `VenueError`. */
    settledIn(fromBlock: number, toBlock: number): Promise<{ trader: string; fill: VenueFill }[]>;
  };
}

/**
 * Opens a stream that polls the price service, and the settlements in new blocks. A price that has not changed is told
 * again, so that silence always means trouble.
 */
export function openStream(context: StreamContext, handlers: StreamHandlers): VenueStream {
  const { prices, timing } = context;
  const fills = createFillLook(context, handlers);
  let symbols: readonly string[] = [];
  let isUp = false;
  let isClosed = false;
  let timer: NodeJS.Timeout | null = null;
  let look: Promise<void> = Promise.resolve();

  function tell(latest: ReadonlyMap<string, OstiumPrice>): void {
    const now = Date.now();
    for (const symbol of symbols) {
      const price = latest.get(symbol);
      if (price?.isOpen === true && !isStale(price, timing.staleMs, now))
        handlers.onPrice({ symbol, price: price.mid, t: now, open: true });
    }
  }

  async function lookOnce(): Promise<void> {
    try {
      const [latest] = await Promise.all([prices.latest(), fills.look()]);
      if (isClosed) return;
      if (!isUp) handlers.onUp();
      isUp = true;
      tell(latest);
    } catch (error) {
      if (isUp && !isClosed) handlers.onDown(error instanceof Error ? error.message : String(error));
      isUp = false;
    }
    if (!isClosed) timer = setTimeout(next, timing.pricesMs);
  }

  const next = (): void => void (look = lookOnce());
  next();
  return {
    watchPrices: (wanted) => (symbols = [...wanted]),
    watchFills(accountIds) {
      fills.follow(accountIds);
      return [];
    },
    async close() {
      isClosed = true;
      if (timer) clearTimeout(timer);
      await look;
    },
  };
}

/** Creates a look for fills of the followed accounts in new blocks. */
function createFillLook({ chain, history }: StreamContext, handlers: Pick<StreamHandlers, 'onFills'>) {
  let followed: ReadonlySet<string> = new Set();
  let seen: number | null = null;

  async function look(): Promise<void> {
    const newest = await chain.settledBlock();
    if (seen === null || followed.size === 0) seen = newest;
    if (newest <= seen) return;
    const settled = await history.settledIn(seen + 1, newest);
    for (const { trader, fill } of settled)
      if (followed.has(trader)) handlers.onFills(asId<AccountId>(trader), [fill]);
    seen = newest;
  }

  return {
    look,
    follow: (accountIds: readonly AccountId[]) => (followed = new Set(accountIds)),
  };
}
