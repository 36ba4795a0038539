import type { Instrument } from '#domain/instrument.ts';
import type { OrderReport } from '#domain/order.ts';
import type { CommandOptions, OrderRequest, Outcome, TradingAccount } from '../../venue.ts';
import { TRADING } from '../chain/abi.ts';
import type { OstiumContext } from './context.ts';
import { callAsDelegate } from './delegate-call.ts';
import { explainRevert, findTrade, noPosition, tookAnother } from './find-trade.ts';
import { protectionReport } from './order-finder.ts';
import type { OpenTrade } from '../accounts/positions.ts';
import { toChain } from '../chain/scales.ts';
import { movedTradeOf } from '../chain/settlement.ts';

export type Level = 'stop' | 'take_profit';

/**
 * Puts the stop or target of a trade where it is wanted; one that stands there already is left alone. Throws
 * `VenueError`.
 */
export async function moveLevel(
  context: OstiumContext,
  account: TradingAccount,
  order: OrderRequest,
  options: CommandOptions,
): Promise<Outcome<OrderReport>> {
  const trade = await findTrade(context, account.accountId, order.instrument, options);
  if (!trade) return noPosition;
  const level = order.kind === 'stop_trigger' ? 'stop' : 'take_profit';
  const wanted = toChain(order.triggerPrice ?? '0', 'price');
  const moved = { ...trade, ...(level === 'stop' ? { stop: wanted } : { takeProfit: wanted }) };
  const report = protectionReport(moved, order.clientOrderId);
  if (levelOf(trade, level) === wanted) return { kind: 'confirmed', value: report };
  const mined = await sendMove(context, account, { trade, level, wanted }, options);
  return mined.kind === 'confirmed' ? { kind: 'confirmed', value: report } : mined;
}

/** Takes the stop or target of a trade away. A trade that is closed has none. Throws `VenueError`. */
export async function withdrawLevel(
  context: OstiumContext,
  account: TradingAccount,
  { instrument, level }: { instrument: Instrument; level: Level },
  options: CommandOptions,
): Promise<Outcome<null>> {
  const trade = await findTrade(context, account.accountId, instrument, options);
  if (!trade || levelOf(trade, level) === 0n) return withdrawn;
  const mined = await sendMove(context, account, { trade, level, wanted: 0n }, options);
  const isGone = mined.kind === 'rejected' && mined.code === noPosition.code;
  return mined.kind === 'confirmed' || isGone ? withdrawn : mined;
}

interface Move {
  trade: OpenTrade;
  level: Level;
  wanted: bigint;
}

/** Sends a move; one that was mined after the end of its trade may have found another trade in its place. */
async function sendMove(
  context: OstiumContext,
  account: TradingAccount,
  { trade, level, wanted }: Move,
  options: CommandOptions,
): Promise<Outcome<null>> {
  const data = moveData(trade, level, wanted);
  const mined = await callAsDelegate(context, account, { data, trade }, options);
  if (mined.kind !== 'confirmed') return explainRevert(context, account.accountId, trade, mined);
  const moved = movedTradeOf(mined.value);
  return moved === null || moved === trade.tradeId ? withdrawn : tookAnother('move', trade.tradeId, moved);
}

export const withdrawn: Outcome<null> = { kind: 'confirmed', value: null };

const levelOf = ({ stop, takeProfit }: OpenTrade, level: Level): bigint =>
  level === 'stop' ? stop : takeProfit;

const moveData = ({ pair, index }: OpenTrade, level: Level, wanted: bigint): string =>
  TRADING.encodeFunctionData(level === 'stop' ? 'updateSl' : 'updateTp', [pair.index, index, wanted]);
