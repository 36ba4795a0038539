import { asId, type VenueOrderId } from '#domain/ids.ts';
import type { OrderReport } from '#domain/order.ts';
import type { CommandOptions, OrderRequest, Outcome, TradingAccount } from '../../venue.ts';
import { USDC } from '../chain/abi.ts';
import { awaitSettlement } from './await-settlement.ts';
import { planOpen, type OpeningTerms } from './commands.ts';
import type { OstiumContext } from './context.ts';
import { callAsDelegate, openTradeData } from './delegate-call.ts';
import { findTrade } from './find-trade.ts';
import { protectionReport, reportOf, type PlacedOrder } from './order-finder.ts';
import { fromChain } from '../chain/scales.ts';

/** Opens a trade with its stop and target in one transaction, and waits a while for it to fill. Throws `VenueError`. */
export async function openTrade(
  context: OstiumContext,
  account: TradingAccount,
  requests: readonly OrderRequest[],
  options: CommandOptions,
): Promise<Outcome<OrderReport[]>> {
  const [entry, ...protections] = requests;
  if (!entry) return { kind: 'denied', code: 'request_malformed', text: 'an action needs an order' };
  const plan = planOpen(requests, await readTerms(context, account, entry, options));
  if ('kind' in plan) return plan;
  const data = openTradeData(account.accountId, plan.trade, plan.slippage);
  const mined = await callAsDelegate(context, account, { data }, options);
  if (mined.kind !== 'confirmed') return mined;
  const placed = await awaitSettlement(context, mined.value);
  if ('kind' in placed) return placed;
  const first = reportOf(placed, entry.clientOrderId);
  const others = await reportProtections(context, account, placed, protections);
  return { kind: 'confirmed', value: [first, ...others] };
}

async function readTerms(
  { chain, pairs, prices, timing }: OstiumContext,
  { accountId }: TradingAccount,
  { instrument }: OrderRequest,
  { leverage = 1 }: CommandOptions,
): Promise<OpeningTerms> {
  const [pair, latest, [balance]] = await Promise.all([
    pairs.bySymbol(instrument.symbol),
    prices.latest(),
    chain.read(USDC, chain.contracts.usdc, 'balanceOf', [accountId]),
  ]);
  const price = latest.get(instrument.symbol) ?? null;
  return { pair, price, leverage, fundsUsd: fromChain(balance, 'usdc'), staleMs: timing.staleMs };
}

/** Says how the stop and target that went out with an entry stand. */
async function reportProtections(
  context: OstiumContext,
  { accountId }: TradingAccount,
  placed: PlacedOrder,
  protections: readonly OrderRequest[],
): Promise<OrderReport[]> {
  const waiting = ({ clientOrderId }: OrderRequest) => reportOf(placed, clientOrderId, 'waiting');
  const [first] = protections;
  if (!first || placed.settlement?.kind !== 'opened') return protections.map(waiting);
  const entryOrderId = asId<VenueOrderId>(placed.orderId.toString());
  const trade = await findTrade(context, accountId, first.instrument, { entryOrderId }).catch(() => null);
  const unsettled = { ...placed, settlement: null };
  return protections.map((each) =>
    trade
      ? protectionReport(trade, each.clientOrderId)
      : { ...reportOf(unsettled, each.clientOrderId, 'waiting'), size: each.size },
  );
}
