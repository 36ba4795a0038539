import { DEFAULT_STOP_LOSS_PCT } from '#domain/barriers.ts';
import { MAX_SLIPPAGE_PCT, planProtection, worstPrice, type EntryPlan } from '#domain/entry-plan.ts';
import { direction, type Side } from '#domain/ids.ts';
import { roundSizeDown, type Instrument } from '#domain/instrument.ts';
import { amount, decimalString, sum, type DecimalString } from '#domain/money.ts';
import { entrySide } from '#domain/order.ts';
import { openedAt, type HeldPosition } from '#domain/reconcile.ts';
import type { DatabaseOrTransaction } from '#prisma/client.ts';
import type { CheckedAccount } from '#prisma/repositories/account-checks.ts';
import { adoptPosition, type FoundPosition } from '#prisma/repositories/adoptions.ts';
import { listInstruments } from '#prisma/repositories/instruments.ts';
import { recordTradeEvent } from '#prisma/repositories/trade-events.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import { priceOf } from '#venues/price-of.ts';
import type { Venue } from '#venues/venue.ts';
import { bookFills } from '../ledger/book-fills.ts';
import type { TradingDeps } from '../deps.ts';

/** How far back fills that opened a position are read. */
export const FILLS_LOOKBACK_MS = 30 * 24 * 60 * 60_000;

/**
 * Returns the trade to be made of a position that no trade explains, with a stop at the default distance; null when the
 * position is too small for a stop.
 */
export async function planAdoption(
  deps: Pick<TradingDeps, 'db' | 'now'>,
  venue: Venue,
  account: CheckedAccount,
  position: HeldPosition,
): Promise<FoundPosition | null> {
  const { accountId, deploymentId } = account;
  const instrument = await findInstrument(deps, venue, position.symbol);
  // Smaller than one lot, so that no stop can close it.
  if (roundSizeDown(instrument, amount(position.size).abs()).isZero()) return null;
  const fills = await venue.accounts.fillsSince(accountId, deps.now() - FILLS_LOOKBACK_MS);
  await bookFills(deps.db, venue.name, accountId, fills);
  const own = fills.filter(({ symbol }) => symbol === position.symbol);
  const since = openedAt(position.size, own) ?? deps.now();
  const side: Side = amount(position.size).isNegative() ? 'short' : 'long';
  const size = decimalString(amount(position.size).abs());
  const closed = own.filter((fill) => fill.time >= since && fill.side !== entrySide(side));
  const plan = planFor(instrument, side, size, position.entryPrice, await requirePrice(venue, position));
  const protection = planProtection(plan, size, position.entryPrice);
  if (!protection.ok) throw new Error(protection.refusal.text);
  return {
    venue: venue.name,
    accountId,
    deploymentId,
    plan,
    barriers: { policy: plan.barriers, levels: protection.value.levels },
    size,
    entrySize: decimalString(sum(closed.map((fill) => fill.size)).add(size)),
    entryPrice: position.entryPrice,
    openedAt: since,
    foundAt: deps.now(),
  };
}

/** Stores a found position as a trade, with a trade event. Its workflow places the stop. */
export async function adopt(tx: DatabaseOrTransaction, found: FoundPosition): Promise<TradeRecord> {
  const trade = await adoptPosition(tx, found);
  await recordTradeEvent(tx, adoptedLine(trade, found.plan));
  return trade;
}

async function findInstrument(
  { db }: Pick<TradingDeps, 'db'>,
  venue: Venue,
  symbol: string,
): Promise<Instrument> {
  const known = (await listInstruments(db, symbol)).find((each) => each.venue === venue.name);
  const found = known ?? (await venue.market.instruments()).find((each) => each.symbol === symbol);
  if (!found) throw new Error(`${venue.name} holds a position in ${symbol}, which it does not list`);
  return found;
}

async function requirePrice(venue: Venue, { symbol }: HeldPosition): Promise<DecimalString> {
  const price = await priceOf(venue, symbol);
  if (price === undefined) throw new Error(`${venue.name} gives no price for ${symbol}`);
  return price;
}

/**
 * Returns the plan of the trade, with its stop at the default distance from the entry, or from the market where that is
 * past it.
 */
function planFor(
  instrument: Instrument,
  side: Side,
  size: DecimalString,
  entryPrice: DecimalString,
  price: DecimalString,
): EntryPlan {
  const away = 1 - (direction(side) * DEFAULT_STOP_LOSS_PCT) / 100;
  const [fromEntry, fromMarket] = [amount(entryPrice).mul(away), amount(price).mul(away)];
  const isPast = amount(price).sub(fromEntry).mul(direction(side)).lte(0);
  return {
    instrument,
    side,
    size,
    referencePrice: price,
    worstPrice: worstPrice(instrument, entrySide(side), price, MAX_SLIPPAGE_PCT),
    leverage: 1,
    barriers: { stopLoss: { price: decimalString(isPast ? fromMarket : fromEntry) } },
  };
}

const adoptedLine = (trade: TradeRecord, { side, size, barriers }: EntryPlan) => ({
  tradeId: trade.id,
  key: 'adopted',
  type: 'adopted',
  text: `Found ${side} ${size} ${trade.symbol} at ${trade.entryPrice} that no trade explained: held from now on, with the default stop`,
  data: { side, size, entryPrice: trade.entryPrice, barriers },
});
