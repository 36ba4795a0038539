import type { PerpSpec } from './universe.ts';

/** A market of perpetuals that others have built at the venue (HIP-3); its coins are called `name:COIN`. */
export interface BuiltMarket {
  readonly name: string;
  readonly fullName: string;
  readonly universe: readonly PerpSpec[];
}

const DEPLOYER = '0x00000000000000000000000000000000000000dd';
const FIRST_ASSET = 100_000;
const ASSETS_PER_MARKET = 10_000;

/** What the builder takes on top of the venue's fee, as a part of it. */
export const DEPLOYER_FEE_SCALE = '1.0';

const isolated = (name: string, szDecimals: number, maxLeverage: number, basePx: string): PerpSpec => ({
  name,
  szDecimals,
  maxLeverage,
  marginTableId: maxLeverage,
  onlyIsolated: true,
  basePx,
});

/** The built markets of the sandbox, their coins isolated-only. */
export const BUILT_MARKETS: readonly BuiltMarket[] = [
  {
    name: 'xyz',
    fullName: 'XYZ',
    universe: [isolated('xyz:TSLA', 3, 10, '412.35'), isolated('xyz:GOLD', 4, 20, '4085.2')],
  },
];

/** Asset id of a coin: the venue's own market has place 0 among `perpDexs`, those built by others follow. */
export function builtAssetId(place: number, index: number): number {
  return FIRST_ASSET + place * ASSETS_PER_MARKET + index;
}

/** Name of the market that a coin belongs to, empty for the venue's own. */
export function dexOf(coin: string): string {
  return coin.includes(':') ? coin.slice(0, coin.indexOf(':')) : '';
}

/** The `perpDexs` answer. */
export function perpDexs(builtMarkets: readonly BuiltMarket[]): (object | null)[] {
  return [null, ...builtMarkets.map(dexWire)];
}

function dexWire({ name, fullName, universe }: BuiltMarket): object {
  return {
    name,
    fullName,
    deployer: DEPLOYER,
    oracleUpdater: null,
    feeRecipient: DEPLOYER,
    assetToStreamingOiCap: universe.map((spec) => [spec.name, '100000000.0']),
    subDeployers: [],
    deployerFeeScale: DEPLOYER_FEE_SCALE,
    lastDeployerFeeScaleChangeTime: '1970-01-01T00:00:00',
    assetToFundingMultiplier: [],
    assetToFundingInterestRate: [],
  };
}
