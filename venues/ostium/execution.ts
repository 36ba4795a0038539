import { ZeroAddress } from 'ethers';
import { asId, type AccountId } from '#domain/ids.ts';
import type { Instrument } from '#domain/instrument.ts';
import type { OrderReport } from '#domain/order.ts';
import type { CommandOptions, ExecutionClient, OrderRequest, Outcome, TradingAccount } from '../venue.ts';
import { TRADING, USDC } from './abi.ts';
import type { Receipt } from './chain.ts';
import { legOf } from './client-order-id.ts';
import type { OstiumContext } from './context.ts';
import { planClose, planOpen, type Opening, type OpeningTerms } from './commands.ts';
import { denialOf, type Failure } from './errors.ts';
import { protectionReport, reportOf, type PlacedOrder } from './orders.ts';
import type { OpenTrade } from './positions.ts';
import { poll, RpcRefusal } from './rpc.ts';
import { orderIdOf } from './settlement.ts';
import { fromChain, toChain } from './scales.ts';

/** The sending side: every wish is one transaction of the delegate, tried out before it is sent. */
export function createExecutionClient(context: OstiumContext): ExecutionClient {
  const { chain, transactions, positions, orders, pairs, timing } = context;
  const { trading } = chain.contracts;

  /** Runs the call as the trader would, where reverts keep their names, then sends it as the delegate. */
  async function act(
    { accountId, signer }: TradingAccount,
    wish: string,
    options: CommandOptions,
  ): Promise<Outcome<Receipt>> {
    try {
      await chain.simulate({ from: accountId, to: trading, data: wish });
    } catch (error) {
      return denialOf(error);
    }
    const data = TRADING.encodeFunctionData('delegatedAction', [accountId, wish]);
    return transactions.send(signer, { to: trading, data }, options);
  }

  /** The open trade that a command is about; null when it is closed. */
  async function tradeOf(
    accountId: AccountId,
    instrument: Instrument,
    { entryOrderId }: Pick<CommandOptions, 'entryOrderId'>,
  ): Promise<OpenTrade | null> {
    const pair = await pairs.bySymbol(instrument.symbol);
    const held = pair ? await positions.open(accountId, pair) : [];
    if (entryOrderId === undefined || entryOrderId === null) return held[0] ?? null;
    return held.find(({ tradeId }) => tradeId.toString() === entryOrderId) ?? null;
  }

  /** Waits a while for the venue to fill what a transaction asked for. */
  async function settled(receipt: Receipt): Promise<PlacedOrder | Failure> {
    const orderId = orderIdOf(receipt, trading);
    if (orderId === null) return { kind: 'unresolved', text: 'the transaction names no order' };
    const untilMs = Date.now() + timing.settledMs;
    const look = () => orders.settlementOf(orderId, receipt.blockNumber).catch(() => null);
    return { orderId, settlement: await poll(look, { pollMs: timing.pollMs, untilMs }) };
  }

  async function open(
    account: TradingAccount,
    [entry, ...protections]: readonly OrderRequest[],
    opening: Opening,
    options: CommandOptions,
  ): Promise<Outcome<OrderReport[]>> {
    if (!entry) return { kind: 'denied', code: 'request_malformed', text: 'an action needs an order' };
    const data = TRADING.encodeFunctionData('openTrade', [
      { ...opening.trade, trader: account.accountId },
      { builder: ZeroAddress, builderFee: 0 },
      0,
      opening.slippage,
    ]);
    const mined = await act(account, data, options);
    if (mined.kind !== 'confirmed') return mined;
    const placed = await settled(mined.value);
    if ('kind' in placed) return placed;
    const first = reportOf(placed, entry.clientOrderId);
    const others = await protectionReports(account, entry, placed, protections);
    return { kind: 'confirmed', value: [first, ...others] };
  }

  async function protectionReports(
    { accountId }: TradingAccount,
    { instrument }: OrderRequest,
    placed: PlacedOrder,
    protections: readonly OrderRequest[],
  ): Promise<OrderReport[]> {
    if (placed.settlement?.kind !== 'opened')
      return protections.map(({ clientOrderId }) => reportOf(placed, clientOrderId, 'waiting'));
    const entryOrderId = asId<NonNullable<CommandOptions['entryOrderId']>>(placed.orderId.toString());
    const trade = await tradeOf(accountId, instrument, { entryOrderId }).catch(() => null);
    return protections.map((each) => {
      const ends = {
        ...reportOf({ ...placed, settlement: null }, each.clientOrderId, 'waiting'),
        size: each.size,
      };
      return trade ? protectionReport(trade, each.clientOrderId) : ends;
    });
  }

  async function close(
    account: TradingAccount,
    order: OrderRequest,
    options: CommandOptions,
  ): Promise<Outcome<OrderReport[]>> {
    const trade = await tradeOf(account.accountId, order.instrument, options);
    if (!trade) return noPosition;
    const plan = planClose(order, trade, await priceOf(context, order.instrument), timing.staleMs);
    if ('kind' in plan) return plan;
    const args = [trade.pair.index, trade.index, plan.percentage, plan.wanted, plan.slippage];
    const mined = await act(account, TRADING.encodeFunctionData('closeTradeMarket', args), options);
    if (mined.kind !== 'confirmed') return mined;
    const placed = await settled(mined.value);
    if ('kind' in placed) return placed;
    return { kind: 'confirmed', value: [await orders.report(placed, order.clientOrderId)] };
  }

  /** Puts the stop or target of a trade where it is wanted; one that stands there already is left alone. */
  async function move(
    account: TradingAccount,
    order: OrderRequest,
    options: CommandOptions,
  ): Promise<Outcome<OrderReport>> {
    const trade = await tradeOf(account.accountId, order.instrument, options);
    if (!trade) return noPosition;
    const isStop = order.kind === 'stop_trigger';
    const wanted = toChain(order.triggerPrice ?? '0', 'price');
    const standing = isStop ? trade.stop : trade.takeProfit;
    const moved = { ...trade, ...(isStop ? { stop: wanted } : { takeProfit: wanted }) };
    const report = protectionReport(moved, order.clientOrderId);
    if (standing === wanted) return { kind: 'confirmed', value: report };
    const data = TRADING.encodeFunctionData(isStop ? 'updateSl' : 'updateTp', [
      trade.pair.index,
      trade.index,
      wanted,
    ]);
    const mined = await act(account, data, options);
    return mined.kind === 'confirmed' ? { kind: 'confirmed', value: report } : mined;
  }

  async function withdraw(
    account: TradingAccount,
    instrument: Instrument,
    leg: 'stop' | 'take_profit',
    options: CommandOptions,
  ): Promise<Outcome<null>> {
    const trade = await tradeOf(account.accountId, instrument, options);
    const method = leg === 'stop' ? 'updateSl' : 'updateTp';
    const standing = leg === 'stop' ? trade?.stop : trade?.takeProfit;
    if (!trade || standing === 0n) return done;
    const data = TRADING.encodeFunctionData(method, [trade.pair.index, trade.index, 0n]);
    const mined = await act(account, data, options);
    // Closed meanwhile: what is gone needs no withdrawing.
    const isGone = mined.kind === 'rejected' && mined.code === noPosition.code;
    return mined.kind === 'confirmed' || isGone ? done : mined;
  }

  async function termsOf(
    { accountId }: TradingAccount,
    { instrument }: OrderRequest,
    { leverage = 1 }: CommandOptions,
  ): Promise<OpeningTerms> {
    const [pair, price, [balance]] = await Promise.all([
      pairs.bySymbol(instrument.symbol),
      priceOf(context, instrument),
      chain.read(USDC, chain.contracts.usdc, 'balanceOf', [accountId]),
    ]);
    return { pair, price, leverage, fundsUsd: fromChain(balance, 'usdc'), staleMs: timing.staleMs };
  }

  /** Takes an order back that the venue has not filled in its time; false while that time is not up. */
  async function takeBack(account: TradingAccount, orderId: bigint, leg: string, options: CommandOptions) {
    const wish =
      leg === 'entry'
        ? TRADING.encodeFunctionData('openTradeMarketTimeout', [orderId])
        : TRADING.encodeFunctionData('closeTradeMarketTimeout', [orderId, false]);
    const { note: _note, ...rest } = options;
    return act(account, wish, rest);
  }

  return {
    async place(account, requests, _grouping, options) {
      const [first] = requests;
      if (!first) return { kind: 'denied', code: 'request_malformed', text: 'an action needs an order' };
      try {
        if (!first.reduceOnly) {
          const plan = planOpen(requests, await termsOf(account, first, options));
          return 'kind' in plan ? plan : await open(account, requests, plan, options);
        }
        if (first.kind === 'ioc') return await close(account, first, options);
        const moved = await move(account, first, options);
        if (moved.kind !== 'confirmed') return moved;
        return { kind: 'confirmed', value: [moved.value, ...requests.slice(1).map(notResident)] };
      } catch (error) {
        return denialOf(error);
      }
    },

    modify: (account, _target, order, options) => move(account, order, options).catch(denialOf),

    async cancel(account, instrument, clientOrderIds, options) {
      const legs = new Set(clientOrderIds.map(legOf));
      try {
        for (const leg of ['take_profit', 'stop'] as const) {
          // oxlint-disable-next-line no-await-in-loop -- one transaction after the other
          const outcome = legs.has(leg) ? await withdraw(account, instrument, leg, options) : done;
          if (outcome.kind !== 'confirmed') return outcome;
        }
        return done;
      } catch (error) {
        return denialOf(error);
      }
    },

    // Leverage is a part of the order that opens the trade.
    setLeverage: () => Promise.resolve(done),

    fence: ({ signer }, nonce, reference) => transactions.fence(signer, nonce, reference),

    async settle(account, { clientOrderId, reference }, options) {
      try {
        const placed = await orders.placedBy(reference);
        if (!placed)
          return { kind: 'rejected', code: 'not_accepted', text: 'No transaction placed the order.' };
        if (placed.settlement)
          return { kind: 'confirmed', value: await orders.report(placed, clientOrderId) };
        const back = await takeBack(account, placed.orderId, legOf(clientOrderId) ?? 'exit', options);
        if (back.kind === 'denied' || back.kind === 'unresolved') return back;
        const now = await orders.placedBy(reference);
        return { kind: 'confirmed', value: await orders.report(now ?? placed, clientOrderId) };
      } catch (error) {
        if (error instanceof RpcRefusal) return { kind: 'unresolved', text: error.message };
        return denialOf(error);
      }
    },
  };
}

const done: Outcome<null> = { kind: 'confirmed', value: null };
const noPosition: Extract<Failure, { kind: 'rejected' }> = {
  kind: 'rejected',
  code: 'no_position',
  text: 'The trade is not open any more.',
};

async function priceOf({ prices }: OstiumContext, { symbol }: Instrument) {
  return (await prices.latest()).get(symbol) ?? null;
}

/** A trade has one target. */
const notResident = (order: OrderRequest): OrderReport => ({
  clientOrderId: order.clientOrderId,
  venueOrderId: null,
  status: 'rejected',
  size: order.size,
  filledSize: '0',
  averagePrice: null,
  code: 'one_target_only',
  text: 'A trade at Ostium has one take profit.',
});
