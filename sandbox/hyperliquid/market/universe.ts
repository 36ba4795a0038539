/** One perpetual as `meta` lists it, with what the sandbox's own book and prices need. */
export interface PerpSpec {
  readonly name: string;
  readonly szDecimals: number;
  readonly maxLeverage: number;
  readonly marginTableId: number;
  readonly onlyIsolated?: true;
  /** Price before any feed has spoken. */
  readonly basePx: string;
}

export interface MarginTier {
  readonly lowerBound: string;
  readonly maxLeverage: number;
}

const perp = (
  name: string,
  szDecimals: number,
  maxLeverage: number,
  basePx: string,
  marginTableId = maxLeverage,
): PerpSpec => ({ name, szDecimals, maxLeverage, marginTableId, basePx });

/** The perpetuals of the sandbox; a coin's asset id is its position here, so entries are only ever appended. */
export const UNIVERSE: readonly PerpSpec[] = [
  perp('BTC', 5, 40, '104250.0', 56),
  perp('ETH', 4, 25, '3480.5', 55),
  perp('SOL', 2, 20, '187.25', 54),
  perp('HYPE', 2, 10, '38.412', 52),
  perp('XRP', 0, 20, '2.4125', 54),
  perp('DOGE', 0, 10, '0.19874', 52),
  perp('AVAX', 2, 10, '24.618', 52),
  perp('LINK', 1, 10, '17.845', 52),
  perp('kPEPE', 0, 10, '0.011235', 52),
  perp('BNB', 3, 10, '702.15', 52),
  perp('ARB', 1, 10, '0.41235', 52),
  perp('SUI', 1, 10, '3.6125', 52),
  perp('ADA', 0, 10, '0.71245', 52),
  perp('LTC', 2, 10, '98.125', 52),
  perp('OP', 1, 10, '0.71892', 52),
  perp('NEAR', 1, 10, '2.8415', 52),
  perp('AAVE', 2, 10, '268.45', 52),
  { ...perp('FARTCOIN', 1, 10, '0.98765', 10), onlyIsolated: true },
];

/** Tiered margin tables by id; an id below 50 is a single tier with that leverage. */
const TIERS: Record<number, { description: string; marginTiers: MarginTier[] }> = {
  52: {
    description: 'tiered 10x',
    marginTiers: [
      { lowerBound: '0.0', maxLeverage: 10 },
      { lowerBound: '3000000.0', maxLeverage: 5 },
    ],
  },
  54: {
    description: 'tiered 20x',
    marginTiers: [
      { lowerBound: '0.0', maxLeverage: 20 },
      { lowerBound: '40000000.0', maxLeverage: 10 },
    ],
  },
  55: {
    description: 'tiered 25x',
    marginTiers: [
      { lowerBound: '0.0', maxLeverage: 25 },
      { lowerBound: '100000000.0', maxLeverage: 15 },
    ],
  },
  56: {
    description: 'tiered 40x',
    marginTiers: [
      { lowerBound: '0.0', maxLeverage: 40 },
      { lowerBound: '150000000.0', maxLeverage: 20 },
    ],
  },
};

export function marginTiersOf(spec: PerpSpec): readonly MarginTier[] {
  return TIERS[spec.marginTableId]?.marginTiers ?? [{ lowerBound: '0.0', maxLeverage: spec.maxLeverage }];
}

/** The `meta` answer. */
export function perpMeta(universe: readonly PerpSpec[]): object {
  return {
    universe: universe.map(listing),
    marginTables: [
      ...Object.entries(TIERS).map(([id, table]) => [Number(id), table]),
      ...singleTierIds(universe).map((id) => [id, singleTier(id)]),
    ],
    collateralToken: 0,
  };
}

function listing({ name, szDecimals, maxLeverage, marginTableId, onlyIsolated }: PerpSpec): object {
  const listed = { name, szDecimals, maxLeverage, marginTableId };
  return onlyIsolated ? { ...listed, onlyIsolated, marginMode: 'noCross' } : listed;
}

function singleTierIds(universe: readonly PerpSpec[]): number[] {
  return [...new Set(universe.map((spec) => spec.marginTableId).filter((id) => id < 50))];
}

function singleTier(maxLeverage: number): object {
  return { description: '', marginTiers: [{ lowerBound: '0.0', maxLeverage }] };
}

/** Spot is not traded here: the list holds the collateral token and one pair, which clients need to start. */
export const SPOT_META = {
  universe: [{ name: 'PURR/USDC', tokens: [1, 0], index: 0, isCanonical: true }],
  tokens: [spotToken('USDC', 0, 8, 8), spotToken('PURR', 1, 0, 5)],
};

function spotToken(name: string, index: number, szDecimals: number, weiDecimals: number): object {
  const tokenId = `0x${index.toString(16).padStart(32, '0')}`;
  return {
    name,
    szDecimals,
    weiDecimals,
    index,
    tokenId,
    isCanonical: true,
    evmContract: null,
    fullName: null,
  };
}
