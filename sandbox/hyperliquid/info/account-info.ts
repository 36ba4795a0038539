import type { Account, Position } from '../accounts/account.ts';
import { Amount, ZERO, maxOf, toUsd, toWire } from '../wire/amounts.ts';
import type { Market } from '../market/market.ts';
import type { Exchange } from '../exchange/exchange.ts';
import { liquidationPx } from '../accounts/liquidation-price.ts';
import { leverageOf, notionalOf, isolatedEquity, summarise, unrealisedPnl } from '../accounts/margin.ts';

const PRICE_DECIMALS = 6;

/** `clearinghouseState`: returns value, margins and positions of an account in the venue's own or a builder's markets. */
export function clearinghouseState(exchange: Exchange, whole: Account, dex = '', atMs = Date.now()): object {
  const account = partOf(exchange, whole, dex);
  const summary = summarise(account, exchange.byAsset);
  const crossRawUsd = summary.crossValue.sub(
    signedNotional(exchange, account, (position) => position.margin === null),
  );
  return {
    marginSummary: {
      accountValue: toWire(summary.accountValue),
      totalNtlPos: toWire(summary.totalNotional),
      totalRawUsd: toWire(summary.accountValue.sub(signedNotional(exchange, account, () => true))),
      totalMarginUsed: toWire(summary.totalMarginUsed),
    },
    crossMarginSummary: {
      accountValue: toWire(summary.crossValue),
      totalNtlPos: toWire(summary.crossNotional),
      totalRawUsd: toWire(crossRawUsd),
      totalMarginUsed: toWire(summary.crossMarginUsed),
    },
    crossMaintenanceMarginUsed: toWire(toUsd(summary.crossMaintenance)),
    withdrawable: toWire(summary.withdrawable),
    assetPositions: [...account.positions]
      .sort(([a], [b]) => a - b)
      .map(([asset, position]) => ({
        type: 'oneWay',
        position: positionWire(exchange, account, exchange.marketOf(asset), position),
      })),
    time: atMs,
  };
}

/** Returns the account reduced to one builder's markets. Free cash belongs to the venue's own markets only. */
function partOf(exchange: Exchange, account: Account, dex: string): Account {
  const positions = [...account.positions].filter(([asset]) => exchange.marketOf(asset).dex === dex);
  return { ...account, cash: dex === '' ? account.cash : ZERO, positions: new Map(positions) };
}

function signedNotional(
  exchange: Exchange,
  account: Account,
  includes: (position: Position) => boolean,
): Amount {
  let total: Amount = new Amount(0);
  for (const [asset, position] of account.positions)
    if (includes(position)) total = total.add(position.szi.mul(exchange.marketOf(asset).mark));
  return total;
}

function positionWire(exchange: Exchange, account: Account, market: Market, position: Position): object {
  const notional = notionalOf(position, market.mark);
  const initialMargin = toUsd(notional.div(leverageOf(account, market).value));
  const pnl = unrealisedPnl(position, market.mark);
  const entryPx = position.cost.div(position.szi).toDecimalPlaces(PRICE_DECIMALS - market.spec.szDecimals);
  const liquidation = liquidationPx(account, market, exchange.byAsset);
  return {
    coin: market.coin,
    szi: toWire(position.szi),
    leverage: leverageWire(account, market, position),
    entryPx: toWire(entryPx),
    positionValue: toWire(notional),
    unrealizedPnl: toWire(pnl),
    returnOnEquity: toWire(returnOnEquity(account, market, position, pnl)),
    liquidationPx: liquidation && toWire(liquidation),
    marginUsed: toWire(position.margin === null ? initialMargin : isolatedEquity(position, market.mark)),
    maxLeverage: market.spec.maxLeverage,
    cumFunding: {
      allTime: toWire(position.fundingAllTime),
      sinceOpen: toWire(position.fundingSinceOpen),
      sinceChange: toWire(position.fundingSinceChange),
    },
  };
}

/** Returns the margin mode and leverage of a position as the venue writes them. */
function leverageWire(account: Account, market: Market, position: Position): object {
  const { value } = leverageOf(account, market);
  if (position.margin === null) return { type: 'cross', value };
  return { type: 'isolated', value, rawUsd: toWire(position.margin.sub(position.cost)) };
}

function returnOnEquity(account: Account, market: Market, position: Position, pnl: Amount): Amount {
  const invested = position.cost.abs().div(leverageOf(account, market).value);
  return invested.isZero() ? new Amount(0) : pnl.div(invested).toDecimalPlaces(10);
}

/** `activeAssetData`: returns the leverage of one coin and the size that can be traded, with or without a position. */
export function activeAssetData(exchange: Exchange, account: Account, market: Market): object {
  const { isCross, value } = leverageOf(account, market);
  const position = account.positions.get(market.asset);
  const { available } = summarise(account, exchange.byAsset);
  const free = maxOf(available, ZERO).mul(value);
  const size = toWire(free.div(market.mark).toDecimalPlaces(market.spec.szDecimals, Amount.ROUND_DOWN));
  const usd = toWire(toUsd(free));
  const flat = isCross ? { type: 'cross', value } : { type: 'isolated', value, rawUsd: '0.0' };
  return {
    user: account.address,
    coin: market.coin,
    leverage: position ? leverageWire(account, market, position) : flat,
    maxTradeSzs: [size, size],
    availableToTrade: [usd, usd],
    markPx: toWire(market.mark),
  };
}

/** `userFees`: returns the account's fee rates and its volume of today. */
export function userFees(account: Account): object {
  const date = new Date().toISOString().slice(0, 10);
  return {
    dailyUserVlm: [
      { date, userCross: toWire(account.volume), userAdd: '0.0', exchange: toWire(account.volume) },
    ],
    feeSchedule: {
      cross: '0.00045',
      add: '0.00015',
      spotCross: '0.0007',
      spotAdd: '0.0004',
      tiers: { vip: [], mm: [] },
      referralDiscount: '0.04',
      stakingDiscountTiers: [{ bpsOfMaxSupply: '0.0', discount: '0.0' }],
    },
    userCrossRate: account.feeRates.taker,
    userAddRate: account.feeRates.maker,
    userSpotCrossRate: '0.0007',
    userSpotAddRate: '0.0004',
    activeReferralDiscount: account.feeRates.referralDiscount,
    trial: null,
    feeTrialEscrow: '0.0',
    nextTrialAvailableTimestamp: null,
    stakingLink: null,
    activeStakingDiscount: { bpsOfMaxSupply: '0.0', discount: '0.0' },
  };
}

/** `spotClearinghouseState`: returns the USDC of the spot balance. The sandbox trades no spot. */
export function spotClearinghouseState(account: Account | undefined): object {
  if (!account || account.spotUsd.isZero()) return { balances: [] };
  const total = toWire(account.spotUsd);
  return { balances: [{ coin: 'USDC', token: 0, total, hold: '0.0', entryNtl: '0.0' }] };
}

/** `userRole`: returns whether an address is a user, a sub-account, an agent or unknown. */
export function userRole(exchange: Exchange, address: string): object {
  const account = exchange.account(address);
  if (account?.master) return { role: 'subAccount', data: { master: account.master } };
  if (account) return { role: 'user' };
  const owner = exchange.accounts.get(exchange.ownerByAgent.get(address) ?? '');
  const isAgent = owner?.agents.some((agent) => agent.address === address && agent.validUntil > Date.now());
  return isAgent ? { role: 'agent', data: { user: owner!.address } } : { role: 'missing' };
}
