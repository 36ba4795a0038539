import type { HyperliquidSandbox } from '#sandbox/hyperliquid/server.ts';
import { startOstiumSandbox, type OstiumSandbox } from '#sandbox/ostium/server.ts';
import {
  startTradingSystem,
  until,
  type TestDeployment,
  type TradingSystem,
} from '#tests/support/trading-system.ts';
import { COINS, PAIRS, type Plan } from '../plan.ts';
import { Crew } from './crew.ts';
import { Owners, type Owner } from './owners.ts';
import { Prices } from './prices.ts';

/** A whole system on real services with both venues' stand-ins, and owners whose wallets it trades for. */
export interface Stage {
  readonly system: TradingSystem;
  readonly hyperliquid: HyperliquidSandbox;
  readonly ostium: OstiumSandbox;
  readonly crew: Crew;
  readonly prices: Prices;
  readonly owners: readonly (Owner & { readonly deployment: TestDeployment })[];
  /** Our symbol of a coin or pair. */
  symbolOf(venue: string, market: string): string;
  stop(): Promise<void>;
}

/** What longs pay to shorts at each payment, a share of the value: some cents of a trade. */
const FUNDING_RATE = '0.0002';
const FUND_USDC = '10000';
const MAX_POSITIONS = 50;

/** Sets everything up for a plan and starts the first worker. The caller stops it. */
export async function setStage(plan: Plan): Promise<Stage> {
  const ostium = await startOstiumSandbox();
  try {
    let owners: Owners | undefined;
    const system = await startTradingSystem({
      ostium,
      provisioner: (url) => (owners = new Owners(url, ostium)),
    });
    try {
      const hyperliquid = system.sandbox;
      for (const coin of COINS) hyperliquid.control({ type: 'setFundingRate', coin, rate: FUNDING_RATE });
      hyperliquid.control({ type: 'recordHistory' });
      const deployments = await deployAll(system, plan.owners);
      const crew = new Crew(() => system.startWorker(), plan.workers);
      await crew.start();
      const symbolOf = await readSymbols(system);
      return {
        system,
        hyperliquid,
        ostium,
        crew,
        prices: new Prices(plan.seed, hyperliquid, ostium),
        owners: deployments.map((deployment) => ({ ...owners!.of(deployment.walletAddress), deployment })),
        symbolOf,
        async stop() {
          await crew.stop();
          await system.stop();
          await ostium.stop();
        },
      };
    } catch (error) {
      await system.stop();
      throw error;
    }
  } catch (error) {
    await ostium.stop();
    throw error;
  }
}

async function deployAll(system: TradingSystem, count: number): Promise<TestDeployment[]> {
  const deployments: TestDeployment[] = [];
  for (let i = 0; i < count; i += 1)
    deployments.push(
      await system.deploy({ maxOpenPositions: MAX_POSITIONS, maxLeverage: 2, fundUsdc: FUND_USDC }),
    );
  return deployments;
}

async function readSymbols({ db }: TradingSystem): Promise<Stage['symbolOf']> {
  const wanted = COINS.length + PAIRS.length;
  const rows = await until('the instruments of both venues', async () => {
    const found = await db.instrument.findMany({ where: { venueSymbol: { in: [...COINS, ...PAIRS] } } });
    return found.length >= wanted && found;
  });
  const symbols = new Map(rows.map(({ venue, venueSymbol, symbol }) => [`${venue}/${venueSymbol}`, symbol]));
  return (venue, market) => {
    const symbol = symbols.get(`${venue}/${market}`);
    if (symbol === undefined) throw new Error(`${venue} does not list ${market}`);
    return symbol;
  };
}
