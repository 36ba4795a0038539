import type { Account } from '../accounts/account.ts';
import { Amount, ONE, ZERO } from '../wire/amounts.ts';
import { DEFAULT_BOOK, bestPx, syntheticLevels, toMarkPx } from './synthetic-book.ts';
import type { BookShape, Level } from './synthetic-book.ts';
import { DEPLOYER_FEE_SCALE, dexOf } from './built-markets.ts';
import { CandleStore } from './candles.ts';
import { OrderIndex } from '../orders/order-index.ts';
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

export interface FundingRecord {
  readonly coin: string;
  readonly fundingRate: string;
  readonly premium: string;
  readonly time: number;
}

/** Markets by their asset ids, which have gaps between the builders. */
export type MarketsById = ReadonlyMap<number, Market>;

/** One perpetual at work: its mark price, synthetic book, live orders, holders, candles and funding. */
export class Market {
  readonly asset: number;
  readonly spec: PerpSpec;
  readonly tiers: readonly MarginTier[];
  readonly orders = new OrderIndex();
  readonly holders = new Set<Account>();
  /** Marks at which holders of simple accounts break; kept until the account changes. */
  readonly liquidationMarks = new Map<Account, number>();
  readonly candles = new CandleStore();
  readonly fundingHistory: FundingRecord[] = [];
  /** The newest last; not kept across restarts. */
  readonly recentTrades: TradePrint[] = [];
  book: BookShape;
  mark: Amount;
  /** Oracle price where it stands apart from the mark; not kept across restarts. */
  ownOracle: Amount | null = null;
  prevDayPx: Amount;
  dayNotional: Amount = ZERO;
  dayBase: Amount = ZERO;
  openInterest: Amount = ZERO;
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

  /** By how much the venue's fees are multiplied here: a builder takes as much again. */
  get feeScale(): Amount {
    return this.dex === '' ? ONE : ONE.add(DEPLOYER_FEE_SCALE);
  }

  get coin(): string {
    return this.spec.name;
  }

  /** The price that funding and the distance of orders are reckoned by: the mark, unless it was set apart. */
  get oracle(): Amount {
    return this.ownOracle ?? this.mark;
  }

  addTrade(trade: TradePrint): void {
    this.recentTrades.push(trade);
    if (this.recentTrades.length > RECENT_TRADES) this.recentTrades.shift();
  }

  best(side: 'bid' | 'ask'): Amount {
    return bestPx(this.mark, this.spec, this.book, side);
  }

  mid(): Amount {
    return this.best('bid').add(this.best('ask')).div(2);
  }

  levels(side: 'bid' | 'ask'): Generator<Level> {
    return syntheticLevels(this.mark, this.spec, this.book, side);
  }

  /** Maintenance margin of a notional: half the initial margin at the tier's leverage, less what lower tiers save. */
  maintenance(notional: Amount): Amount {
    const tier = this.#tierOf(notional);
    return notional.mul(tier.rate).sub(tier.deduction);
  }

  maintenanceRate(notional: Amount): Amount {
    return this.#tierOf(notional).rate;
  }

  /** Highest leverage that a position of this notional may carry. */
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
