import { id } from 'ethers';
import { CommandError } from '../errors.ts';

/** One pair as the contracts, the prices and the subgraph know it. */
export interface PairSpec {
  /** Position in the contracts, as on the deployed venue (Ostium SDK, list of May 2025). */
  readonly index: number;
  readonly from: string;
  readonly to: string;
  readonly group: GroupName;
  /** Middle price before any feed has spoken. */
  readonly basePx: string;
  /** Decimals of generated prices. */
  readonly decimals: number;
  /** Ask over bid, in hundredths of a percent of the middle. */
  readonly spreadBps: string;
  /** Opening fee in hundredths of a percent of notional (documented range: 3 to 10). */
  readonly feeBps: number;
  /** Used where the group has none. */
  readonly maxLeverage: number;
  /** Above it a trade is a day trade; 0 where there is no such limit. */
  readonly overnightMaxLeverage: number;
  /** Whether trades may be opened. */
  readonly listed: boolean;
}

export type GroupName = 'crypto' | 'forex' | 'commodities' | 'stocks';

export interface GroupSpec {
  readonly id: number;
  readonly name: GroupName;
  readonly minLeverage: number;
  /** 0: each pair has its own. */
  readonly maxLeverage: number;
  /** Rollover per block on notional, 1e18; about 0.01 % a day at the venue's usual pace of blocks. */
  readonly rolloverPerBlock: bigint;
}

export const GROUPS: readonly GroupSpec[] = [
  { id: 0, name: 'crypto', minLeverage: 1, maxLeverage: 0, rolloverPerBlock: 1_000_000_000n },
  { id: 1, name: 'forex', minLeverage: 1, maxLeverage: 200, rolloverPerBlock: 300_000_000n },
  { id: 2, name: 'commodities', minLeverage: 1, maxLeverage: 100, rolloverPerBlock: 300_000_000n },
  { id: 3, name: 'stocks', minLeverage: 1, maxLeverage: 0, rolloverPerBlock: 300_000_000n },
];

/** Least notional of a trade, in dollars. */
export const MIN_NOTIONAL_USD = 5;
/** Price of asking the oracle, in dollars (documented: 0.10). */
export const ORACLE_FEE_USD = '0.1';
/** Greatest open interest of one side of a pair, in dollars. */
export const MAX_OPEN_INTEREST_USD = 50_000_000;
export const LIQUIDATION_MARGIN_P = 25;

const base = { feeBps: 3, maxLeverage: 100, overnightMaxLeverage: 0, listed: true };

/** The sandbox's pairs. HG-USD is delisted: it has a price and a past, and opening it reverts with PairNotListed. */
export const PAIRS: readonly PairSpec[] = [
  {
    ...base,
    index: 0,
    from: 'BTC',
    to: 'USD',
    group: 'crypto',
    basePx: '104250',
    decimals: 1,
    spreadBps: '1',
    feeBps: 5,
  },
  {
    ...base,
    index: 1,
    from: 'ETH',
    to: 'USD',
    group: 'crypto',
    basePx: '3480.5',
    decimals: 2,
    spreadBps: '1',
    feeBps: 5,
  },
  {
    ...base,
    index: 2,
    from: 'EUR',
    to: 'USD',
    group: 'forex',
    basePx: '1.1625',
    decimals: 5,
    spreadBps: '0.5',
  },
  {
    ...base,
    index: 3,
    from: 'GBP',
    to: 'USD',
    group: 'forex',
    basePx: '1.3175',
    decimals: 5,
    spreadBps: '0.5',
  },
  {
    ...base,
    index: 4,
    from: 'USD',
    to: 'JPY',
    group: 'forex',
    basePx: '154.25',
    decimals: 3,
    spreadBps: '0.5',
  },
  {
    ...base,
    index: 5,
    from: 'XAU',
    to: 'USD',
    group: 'commodities',
    basePx: '4080.5',
    decimals: 2,
    spreadBps: '1',
  },
  {
    ...base,
    index: 6,
    from: 'HG',
    to: 'USD',
    group: 'commodities',
    basePx: '5.05',
    decimals: 4,
    spreadBps: '2',
    listed: false,
  },
  {
    ...base,
    index: 7,
    from: 'CL',
    to: 'USD',
    group: 'commodities',
    basePx: '60.5',
    decimals: 2,
    spreadBps: '2',
    feeBps: 10,
  },
  {
    ...base,
    index: 8,
    from: 'XAG',
    to: 'USD',
    group: 'commodities',
    basePx: '50.25',
    decimals: 3,
    spreadBps: '2',
  },
  {
    ...base,
    index: 9,
    from: 'SOL',
    to: 'USD',
    group: 'crypto',
    basePx: '187.25',
    decimals: 3,
    spreadBps: '2',
    feeBps: 5,
    maxLeverage: 50,
  },
  {
    ...base,
    index: 18,
    from: 'NVDA',
    to: 'USD',
    group: 'stocks',
    basePx: '186.5',
    decimals: 2,
    spreadBps: '2',
    feeBps: 5,
    overnightMaxLeverage: 20,
  },
];

/** `EUR-USD`: how the sandbox's own commands name a pair. */
export function nameOf({ from, to }: Pick<PairSpec, 'from' | 'to'>): string {
  return `${from}-${to}`;
}

/** The pair of a name such as `EUR-USD` or of its index. @throws {CommandError} where there is none. */
export function findPair(nameOrIndex: string | number): PairSpec {
  const pair = PAIRS.find((each) => nameOf(each) === nameOrIndex || each.index === Number(nameOrIndex));
  if (!pair) throw new CommandError(`unknown pair ${nameOrIndex}`);
  return pair;
}

/** Effective greatest leverage. */
export function maxLeverageOf(pair: PairSpec): number {
  const ofGroup = groupOf(pair).maxLeverage;
  return ofGroup === 0 ? pair.maxLeverage : ofGroup;
}

export function groupOf(pair: PairSpec): GroupSpec {
  return GROUPS.find(({ name }) => name === pair.group)!;
}

/** The oracle's id of a pair's price. */
export function feedOf(pair: PairSpec): string {
  return id(`feed ${nameOf(pair)}`);
}
