import { Amount, ONE, ZERO } from '../wire/amounts.ts';
import { DEFAULT_BOOK, bestPx, syntheticLevels, toMarkPx } from './synthetic-book.ts';
import type { BookShape, Level } from './synthetic-book.ts';
import { DEPLOYER_FEE_SCALE, dexOf } from './built-markets.ts';
import { CandleStore } from './candles.ts';
import { marginTiersOf } from './universe.ts';
import type { MarginTier, PerpSpec } from './universe.ts';

const RECENT_TRADES = 10;

interface MaintenanceTier {
  readonly lowerBound: Amount;
  readonly rate: Amount;
  readonly deduction: Amount;
}

/** A trade as `recentTrades` and the `trades` stream carry it. */
export interface TradePrint {
  readonly coin: string;
  readonly side: 'B' | 'A';
  readonly px: string;
  readonly sz: string;
  readonly time: number;
  readonly hash: string;
  readonly tid: number;
  readonly users: [string, string];
}

/** One hour's funding rate as `fundingHistory` lists it. */
export interface FundingRecord {
  readonly coin: string;
  readonly fundingRate: string;
  readonly premium: string;
  readonly time: number;
}

/** Markets by their asset ids. The ids have gaps between one builder's markets and the next one's. */
export type MarketsById = ReadonlyMap<number, Market>;

/** The market data of one perpetual: its mark price, synthetic book, candles, trades, funding and margin tiers. */
export class Market {
  readonly asset: number;
  readonly spec: PerpSpec;
  readonly tiers: readonly MarginTier[];
  readonly candles = new CandleStore();
  readonly fundingHistory: FundingRecord[] = [];
  /** The last ten trades, the newest last. They are not kept across restarts. */
  readonly recentTrades: TradePrint[] = [];
  book: BookShape;
  mark: Amount;
  /** The oracle price if it was set apart from the mark, else null. It is not kept across restarts. */
  ownOracle: Amount | null = null;
  prevDayPx: Amount;
  dayNotional: Amount = ZERO;
  dayBase: Amount = ZERO;
  fundingRate: Amount = new Amount('0.0000125');
  readonly #maintenance: readonly MaintenanceTier[];

  constructor(asset: number, spec: PerpSpec, book: Partial<BookShape> = {}) {
    this.asset = asset;
    this.spec = spec;
    this.book = { ...DEFAULT_BOOK, ...book };
    this.tiers = marginTiersOf(spec);
    this.mark = toMarkPx(new Amount(spec.basePx), spec.szDecimals);
    this.prevDayPx = this.mark;
    this.#maintenance = maintenanceTiers(this.tiers);
  }

  /** Name of the market's builder, empty for the venue's own. */
  get dex(): string {
    return dexOf(this.spec.name);
  }

  /** The factor on the venue's fees: 1 in its own markets, 2 in a builder's, who charges as much again. */
  get feeScale(): Amount {
    return this.dex === '' ? ONE : ONE.add(DEPLOYER_FEE_SCALE);
  }

  get coin(): string {
    return this.spec.name;
  }

  /** The price that funding and the largest distance of an order are computed from. */
  get oracle(): Amount {
    return this.ownOracle ?? this.mark;
  }

  /** Adds a trade to the recent ones. */
  addTrade(trade: TradePrint): void {
    this.recentTrades.push(trade);
    if (this.recentTrades.length > RECENT_TRADES) this.recentTrades.shift();
  }

  /** Returns the best price on one side of the synthetic book. */
  best(side: 'bid' | 'ask'): Amount {
    return bestPx(this.mark, this.spec, this.book, side);
  }

  /** Yields the levels of one side of the synthetic book, from the best price outwards. */
  levels(side: 'bid' | 'ask'): Generator<Level> {
    return syntheticLevels(this.mark, this.spec, this.book, side);
  }

  /**
   * Returns the maintenance margin in USD of a notional in USD: half the initial margin at the tier's leverage, less
   * the part that the lower tiers charge less for. Source: the documentation's page on margin tiers.
   */
  maintenance(notional: Amount): Amount {
    const tier = this.#tierOf(notional);
    return notional.mul(tier.rate).sub(tier.deduction);
  }

  /** Returns the share of a notional that its tier asks for as maintenance margin. */
  maintenanceRate(notional: Amount): Amount {
    return this.#tierOf(notional).rate;
  }

  /** Returns the highest leverage that a position of this notional may have. */
  maxLeverageAt(notional: Amount): number {
    return this.tiers.findLast((tier) => notional.gte(tier.lowerBound))?.maxLeverage ?? this.spec.maxLeverage;
  }

  #tierOf(notional: Amount): MaintenanceTier {
    return this.#maintenance.findLast((tier) => notional.gte(tier.lowerBound)) ?? this.#maintenance[0]!;
  }
}

function maintenanceTiers(tiers: readonly MarginTier[]): MaintenanceTier[] {
  const built: MaintenanceTier[] = [];
  for (const { lowerBound, maxLeverage } of tiers) {
    const below = built.at(-1);
    const rate = new Amount(1).div(2 * maxLeverage);
    const bound = new Amount(lowerBound);
    const deduction = below ? below.deduction.add(bound.mul(rate.sub(below.rate))) : ZERO;
    built.push({ lowerBound: bound, rate, deduction });
  }
  return built;
}
