import { formatUnits } from 'ethers';
import { feedOf, PAIRS } from './pairs.ts';
import type { PriceBoard, Quote } from './price-board.ts';

export interface PriceServiceAnswer {
  readonly status: number;
  readonly body: unknown;
}

interface PriceRow {
  readonly from: string;
  readonly to: string;
}

const NOT_FOUND: PriceServiceAnswer = { status: 404, body: { message: 'Not Found' } };

/**
 * The venue's price service: `latest-prices`, `latest-price?asset=BTCUSD` and `asset-schedule?asset=BTCUSD`. Source:
 * ostium-python-sdk 3.3.1, price.py.
 */
export class PriceService {
  readonly #board: PriceBoard;
  #frozen: PriceRow[] | undefined;

  constructor(board: PriceBoard) {
    this.#board = board;
  }

  /** Returns the prices and times of this moment until `thaw` is called. */
  freeze(): void {
    this.#frozen = this.#rows();
  }

  thaw(): void {
    this.#frozen = undefined;
  }

  /** Returns the answer to a GET request, undefined for an unknown path. */
  answer(url: URL): PriceServiceAnswer | undefined {
    const asset = url.searchParams.get('asset');
    switch (url.pathname) {
      case '/PricePublish/latest-prices':
        return { status: 200, body: this.#rows() };
      case '/PricePublish/latest-price': {
        const row = this.#rows().find(({ from, to }) => `${from}${to}` === asset);
        return row ? { status: 200, body: row } : NOT_FOUND;
      }
      case '/trading-hours/asset-schedule':
        return this.#schedule(asset);
      default:
        return undefined;
    }
  }

  #rows(): PriceRow[] {
    return this.#frozen ?? PAIRS.map((pair) => rowOf(this.#board.quote(pair)));
  }

  #schedule(asset: string | null): PriceServiceAnswer {
    const pair = PAIRS.find(({ from, to }) => `${from}${to}` === asset);
    if (!pair) return NOT_FOUND;
    const { isMarketOpen } = this.#board.quote(pair);
    return { status: 200, body: this.#board.hours().schedule(pair, new Date(), isMarketOpen) };
  }
}

const numberOf = (price: bigint): number => Number(formatUnits(price, 18));

function rowOf(quote: Quote): PriceRow {
  const { pair } = quote;
  return Object.assign(
    { from: pair.from, to: pair.to },
    {
      feed_id: feedOf(pair),
      bid: numberOf(quote.bid),
      mid: numberOf(quote.mid),
      ask: numberOf(quote.ask),
      isMarketOpen: quote.isMarketOpen,
      isDayTradingClosed: quote.isDayTradingClosed,
      secondsToToggleIsDayTradingClosed: quote.secondsToToggleDayTrading,
      timestampSeconds: Math.floor(quote.atMs / 1_000),
    },
  );
}
