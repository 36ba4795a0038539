import type { AccountId, ClientOrderId } from '#domain/ids.ts';
import type { OrderReport } from '#domain/order.ts';
import { amount, decimalString, sum, type Amount } from '#domain/money.ts';
import type { AccountClient, VenueFunding, VenueOpenOrder, VenuePosition } from '../../venue.ts';
import { TRADING, USDC } from '../chain/abi.ts';
import { asPositionId, stopOrderId, targetOrderId, toVenueFill, type TradeFill } from './trade-fills.ts';
import { fromChain, fromChainText } from '../chain/scales.ts';
import {
  hasTarget,
  liquidationPrice,
  profitAt,
  sizeOf,
  type OpenTrade,
  type Positions,
} from './positions.ts';
import type { OstiumPrice, PriceService } from '../market/prices.ts';
import type { Chain } from '../chain/chain.ts';
import type { TradeHistory } from './history.ts';
import { feesOf } from '../market/fees.ts';
import type { PairBook } from '../market/pairs.ts';

/** An order may have been placed this long before it filled. */
const SETTLING_MARGIN_MS = 600_000;

/** The parts of the venue by which an account is read. */
export interface AccountContext {
  chain: Chain;
  positions: Positions;
  history: TradeHistory;
  prices: PriceService;
  pairs: PairBook;
  orders: {
    /** Returns the report of an order by what was noted of it; null when it was never placed. Throws `VenueError`. */
    find(
      trader: AccountId,
      clientOrderId: ClientOrderId,
      reference: string | null,
    ): Promise<OrderReport | null>;
  };
}

/** Reads accounts from the chain. Throws `VenueError`. */
export function createAccountClient(context: AccountContext): AccountClient {
  const { chain, pairs, positions, history, orders } = context;

  async function fillsSince(accountId: AccountId, sinceMs: number): Promise<TradeFill[]> {
    const fromBlock = await chain.blockAt(sinceMs - SETTLING_MARGIN_MS);
    const tradeIds = await history.touchedSince(accountId, fromBlock);
    const fills = await Promise.all(tradeIds.map((tradeId) => history.fillsOf(tradeId)));
    // Blocks know whole seconds only, so all fills of the second of `sinceMs` are returned.
    const since = sinceMs - (sinceMs % 1000);
    return fills
      .flat()
      .filter(({ time }) => time >= since)
      .toSorted((a, b) => a.time - b.time);
  }

  return {
    async account(accountId) {
      const [trades, [balance], prices] = await Promise.all([
        positions.open(accountId),
        chain.read(USDC, chain.contracts.usdc, 'balanceOf', [accountId]),
        pricesIfAny(context),
      ]);
      const values = trades.map((trade) => valueOf(trade, prices));
      return {
        equityUsd: decimalString(sum([fromChain(balance, 'usdc'), ...values])),
        freeMarginUsd: fromChainText(balance, 'usdc'),
        // Every trade has collateral of its own.
        spareEquityUsd: '0',
        positions: trades.map((trade) => positionOf(trade, prices)),
      };
    },

    async openOrders(accountId) {
      return (await positions.open(accountId)).flatMap(restingOrders);
    },

    orderByClientId: (accountId, clientOrderId, reference) =>
      orders.find(accountId, clientOrderId, reference ?? null),

    async fillsSince(accountId, sinceMs) {
      return (await fillsSince(accountId, sinceMs)).map(toVenueFill);
    },

    async fundingSince(accountId, sinceMs) {
      return summedUp(await fillsSince(accountId, sinceMs));
    },

    fees(_accountId, symbol) {
      const pair = pairs.lastRead(symbol);
      if (!pair) pairs.all().catch(() => undefined);
      return feesOf(pair);
    },

    async keyState(accountId, signerAddress) {
      const [delegate] = await chain.read(TRADING, chain.contracts.trading, 'delegations', [accountId]);
      const isDelegate = String(delegate).toLowerCase() === signerAddress.toLowerCase();
      return isDelegate ? { state: 'approved', validUntil: null } : { state: 'removed' };
    },
  };
}

/** Returns the prices, or none where the service fails: trades then count at the collateral paid for them. */
const pricesIfAny = ({ prices }: AccountContext): Promise<ReadonlyMap<string, OstiumPrice>> =>
  prices.latest().catch(() => new Map());

function valueOf(trade: OpenTrade, prices: ReadonlyMap<string, OstiumPrice>): Amount {
  const collateral = fromChain(trade.collateral, 'usdc');
  const price = prices.get(trade.pair.instrument.symbol);
  if (!price) return collateral;
  const value = collateral.add(profitAt(trade, trade.isLong ? price.bid : price.ask));
  return value.lt(0) ? amount(0) : value;
}

const positionOf = (trade: OpenTrade, prices: ReadonlyMap<string, OstiumPrice>): VenuePosition => ({
  symbol: trade.pair.instrument.symbol,
  positionId: asPositionId(trade.tradeId),
  size: sizeOf(trade),
  entryPrice: fromChainText(trade.openPrice, 'price'),
  valueUsd: notionalOf(trade, prices),
  liquidationPrice: liquidationPrice(trade),
  leverage: fromChain(trade.leverage, 'leverage').toNumber(),
});

function notionalOf(trade: OpenTrade, prices: ReadonlyMap<string, OstiumPrice>): string {
  const price = prices.get(trade.pair.instrument.symbol);
  const each = price ? amount(trade.isLong ? price.bid : price.ask) : fromChain(trade.openPrice, 'price');
  return decimalString(amount(sizeOf(trade)).abs().mul(each));
}

function restingOrders(trade: OpenTrade): VenueOpenOrder[] {
  const order = (venueOrderId: VenueOpenOrder['venueOrderId'], price: bigint): VenueOpenOrder => ({
    symbol: trade.pair.instrument.symbol,
    clientOrderId: null,
    venueOrderId,
    side: trade.isLong ? 'sell' : 'buy',
    size: fromChainText(trade.notional, 'price'),
    price: fromChainText(price, 'price'),
    triggerPrice: fromChainText(price, 'price'),
    reduceOnly: true,
  });
  const stop = trade.stop === 0n ? [] : [order(stopOrderId(trade.tradeId), trade.stop)];
  return hasTarget(trade) ? [...stop, order(targetOrderId(trade.tradeId), trade.takeProfit)] : stop;
}

/** Returns the funding of fills, where closes of one trade in one block are summed up. */
function summedUp(fills: readonly TradeFill[]): VenueFunding[] {
  const paid = fills.filter(({ carriedUsd }) => !amount(carriedUsd).isZero());
  const moments = Map.groupBy(paid, ({ tradeId, time }) => `${tradeId}/${time}`);
  return [...moments.values()].flatMap((each) => {
    const [first] = each;
    if (!first) return [];
    const { symbol, time, tradeId } = first;
    const amountUsd = decimalString(sum(each.map(({ carriedUsd }) => carriedUsd)));
    return [{ symbol, amountUsd, time, positionId: asPositionId(tradeId) }];
  });
}
