import { meta, perpDexs, userFees } from '@nktkas/hyperliquid/api/info';
import type { TradeFees } from '#domain/fees.ts';
import type { AccountId, Symbol } from '#domain/ids.ts';
import { Amount } from '#domain/money.ts';
import type { HyperliquidClient } from '../http/client.ts';
import type { BuilderFee } from '../http/options.ts';
import * as schemas from '../http/schemas.ts';
import { createRemembered } from './remembered.ts';

/** Source: official documentation, "rate limits". */
const WEIGHT = 20;
const BPS = 10_000;
const TENTHS_PER_BPS = 10;
/** Share of its value that an order pays for taking, in the lowest tier. Source: official documentation, "fees". */
const TAKER_RATE = '0.00045';
/** What deployers of markets usually add: as much again. */
const USUAL_SCALE = '1';
/** Growth mode takes nine tenths off. Source: official documentation, "fees". */
const GROWTH_SCALE = '0.1';

/** What a market built by others charges. */
interface MarketFees {
  deployerFeeScale: string;
  /** Its coins in growth mode. */
  growing: ReadonlySet<Symbol>;
}

/** What accounts pay, as the venue last said; see `AccountClient.fees`. */
export interface FeeBook {
  /** Without an account: what an account of the lowest tier pays. */
  of(user: AccountId | null, coin: Symbol): TradeFees;
}

export function createFeeBook(client: HyperliquidClient, builder?: BuilderFee): FeeBook {
  const takerRates = createRemembered((user) => readTakerRate(client, user));
  const markets = createRemembered((dex) => readMarketFees(client, dex));
  const builderBps = (builder?.tenthsOfBps ?? 0) / TENTHS_PER_BPS;
  return {
    of(user, coin) {
      const rate = (user !== null && takerRates(user)) || TAKER_RATE;
      const [dex] = coin.includes(':') ? coin.split(':') : [];
      const scale = dex === undefined ? new Amount(1) : marketScale(markets(dex), coin);
      const bps = new Amount(rate).mul(BPS).mul(scale).add(builderBps).toNumber();
      return { entryBps: bps, exitBps: bps, flatUsd: '0' };
    },
  };
}

/** Returns the taker rate of an account: its tier and staking are in it, its referrer is not. */
async function readTakerRate(client: HyperliquidClient, user: string): Promise<string> {
  const { userCrossRate, activeReferralDiscount } = await client.info({
    schema: schemas.userFees,
    weight: WEIGHT,
    ask: (config) => userFees(config, { user }),
  });
  return new Amount(1).sub(activeReferralDiscount).mul(userCrossRate).toFixed();
}

async function readMarketFees(client: HyperliquidClient, dex: string): Promise<MarketFees> {
  const [listed, { universe }] = await Promise.all([
    client.info({ schema: schemas.perpDexs, weight: WEIGHT, ask: (config) => perpDexs(config) }),
    client.info({ schema: schemas.meta, weight: WEIGHT, ask: (config) => meta(config, { dex }) }),
  ]);
  const market = listed.find((each) => each?.name === dex);
  return {
    deployerFeeScale: market?.deployerFeeScale ?? USUAL_SCALE,
    growing: new Set(universe.filter(({ growthMode }) => growthMode === 'enabled').map(({ name }) => name)),
  };
}

/**
 * Returns the factor on the taker rate in a market built by others: the deployer's scale is added to the venue's part,
 * which above 1 grows to be equal to the deployer's. Source: official documentation, "fees", "fee formula for developers".
 */
function marketScale(market: MarketFees | undefined, coin: Symbol): Amount {
  const scale = new Amount(market?.deployerFeeScale ?? USUAL_SCALE);
  const charged = scale.lt(1) ? scale.add(1) : scale.mul(2);
  return market?.growing.has(coin) ? charged.mul(GROWTH_SCALE) : charged;
}
