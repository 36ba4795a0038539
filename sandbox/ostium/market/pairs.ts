import { id } from 'ethers';
import { CommandError } from '../../errors.ts';

/** One pair as the contracts, the prices and the subgraph know it. */
export interface PairSpec {
  /** Index of the pair in the contracts, equal to the deployed venue's (source: Ostium SDK, list of May 2025). */
  readonly index: number;
  readonly from: string;
  readonly to: string;
  readonly group: GroupName;
  /** Middle price before the first price of a feed. */
  readonly basePx: string;
  /** Decimals of generated prices. */
  readonly decimals: number;
  /** Ask less bid, in basis points of the middle price. */
  readonly spreadBps: string;
  /** Opening fee in basis points of notional. The documented range is 3 to 10. */
  readonly feeBps: number;
  /** Maximum leverage, used if the group has none. */
  readonly maxLeverage: number;
  /** A trade with more leverage is a day trade. 0 means that there are no day trades. */
  readonly overnightMaxLeverage: number;
  /** Whether trades may be opened. */
  readonly listed: boolean;
}

export type GroupName = 'crypto' | 'forex' | 'commodities' | 'stocks';

export interface GroupSpec {
  readonly id: number;
  readonly name: GroupName;
  readonly minLeverage: number;
  /** Maximum leverage of all pairs in the group. 0 means that each pair has its own. */
  readonly maxLeverage: number;
  /** Rollover fee per block and notional, scaled by 1e18: about 0.01 % a day at the venue's usual pace of blocks. */
  readonly rolloverPerBlock: bigint;
}

export const GROUPS: readonly GroupSpec[] = [
  { id: 0, name: 'crypto', minLeverage: 1, maxLeverage: 0, rolloverPerBlock: 1_000_000_000n },
  { id: 1, name: 'forex', minLeverage: 1, maxLeverage: 200, rolloverPerBlock: 300_000_000n },
  { id: 2, name: 'commodities', minLeverage: 1, maxLeverage: 100, rolloverPerBlock: 300_000_000n },
  { id: 3, name: 'stocks', minLeverage: 1, maxLeverage: 0, rolloverPerBlock: 300_000_000n },
];

/** Minimum notional of a trade in USD. */
export const MIN_NOTIONAL_USD = 5;
/** Fee for one oracle price in USD, as documented. */
export const ORACLE_FEE_USD = '0.1';
/** Maximum open interest of one side of a pair in USD. */
export const MAX_OPEN_INTEREST_USD = 50_000_000;
export const LIQUIDATION_MARGIN_P = 25;

const base = { feeBps: 3, maxLeverage: 100, overnightMaxLeverage: 0, listed: true };

/** The pairs of the sandbox. HG-USD is delisted: it has a price, and opening a trade reverts with PairNotListed. */
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

/** Returns the name of a pair in the sandbox's commands, such as `EUR-USD`. */
export function nameOf({ from, to }: Pick<PairSpec, 'from' | 'to'>): string {
  return `${from}-${to}`;
}

/** Returns the pair of a name such as `EUR-USD`, or of an index. Throws CommandError if there is none. */
export function findPair(nameOrIndex: string | number): PairSpec {
  const pair = PAIRS.find((each) => nameOf(each) === nameOrIndex || each.index === Number(nameOrIndex));
  if (!pair) throw new CommandError(`unknown pair ${nameOrIndex}`);
  return pair;
}

/** Returns the maximum leverage of a pair: the group's, or the pair's own if the group has none. */
export function maxLeverageOf(pair: PairSpec): number {
  const ofGroup = groupOf(pair).maxLeverage;
  return ofGroup === 0 ? pair.maxLeverage : ofGroup;
}

/** Returns the group of a pair. */
export function groupOf(pair: PairSpec): GroupSpec {
  return GROUPS.find(({ name }) => name === pair.group)!;
}

/** Returns the oracle's id for the price of a pair. */
export function feedOf(pair: PairSpec): string {
  return id(`feed ${nameOf(pair)}`);
}
