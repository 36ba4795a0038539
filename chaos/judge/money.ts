import { amount, sum, ZERO, type Amount } from '#domain/money.ts';
import type { TradePart } from './parts.ts';
import type { BookedTrade } from './record.ts';
import type { Violation } from './verdict.ts';

const CENTS = 100;
const HALF_A_CENT = 0.005;
const TRADE_FEE_USD = '0.2';
const PROFIT_SHARE = '0.1';

/**
 * Returns what a trade earned by the venue's fills: of what its own orders closed, at the average price of its
 * entries, or the venue took, less the fees, and its share of the funding. What the owner closed by hand is his. Null
 * where nothing was entered.
 */
export function venueProfit(trade: BookedTrade, { fills, funding }: TradePart): Amount | null {
  const entries = fills.map(({ fill }) => fill).filter(({ leg }) => leg === 'entry');
  if (entries.length === 0) return null;
  const value = sum(entries.map(({ price, size }) => amount(price).mul(size)));
  const average = value.div(sum(entries.map(({ size }) => amount(size))));
  const direction = trade.side === 'long' ? 1 : -1;
  const gross = fills.reduce(
    (total, { fill, closed }) =>
      fill.leg === 'exit' ? total.add(amount(fill.price).sub(average).mul(closed).mul(direction)) : total,
    ZERO,
  );
  return gross.sub(sum(fills.map(({ fill }) => amount(fill.feeUsd)))).add(sum(funding));
}

/** Judges that the booked profit is the venue's to the cent, and that exactly the bills it asks for were written. */
export function judgeMoney(trade: BookedTrade, part: TradePart): Violation[] {
  const profit = venueProfit(trade, part);
  return [...judgeProfit(trade, profit), ...judgeBills(trade, profit)];
}

function judgeProfit(trade: BookedTrade, profit: Amount | null): Violation[] {
  if (trade.isAdopted) return [];
  const [venue, booked] = [profit ?? ZERO, amount(trade.netPnlUsd ?? '0')];
  const difference = booked.sub(venue).abs();
  if (difference.lt(HALF_A_CENT)) return [];
  const count = Math.max(1, difference.mul(CENTS).round().toNumber());
  const text = `booked ${booked.toFixed(6)} USD, by the venue ${venue.toFixed(6)} USD`;
  return [{ kind: 'unexplainedCents', tradeId: trade.id, count, at: null, text }];
}

function judgeBills(trade: BookedTrade, profit: Amount | null): Violation[] {
  const isBilled = profit !== null && !trade.isAdopted;
  const share = profit?.gt(0) ? profit.mul(PROFIT_SHARE) : ZERO;
  const due = new Map([
    ['trade_fee', isBilled ? amount(TRADE_FEE_USD) : ZERO],
    ['profit_share', isBilled ? share : ZERO],
  ]);
  const kinds = new Set([...due.keys(), ...trade.bills.map(({ kind }) => kind)]);
  return [...kinds].flatMap((kind) => judgeBill(trade, kind, due.get(kind) ?? ZERO));
}

/** The bills of a kind come to what is due, within half a cent, and no subject is billed twice. */
function judgeBill(trade: BookedTrade, kind: string, due: Amount): Violation[] {
  const written = trade.bills.filter((bill) => bill.kind === kind);
  const difference = sum(written.map(({ amountUsd }) => amountUsd))
    .sub(due)
    .abs();
  const isOnce = new Set(written.map(({ subject }) => subject)).size === written.length;
  if (isOnce && difference.lt(HALF_A_CENT)) return [];
  const told = written.map(({ subject, amountUsd }) => `${amountUsd} USD (${subject})`);
  const billed = told.length === 0 ? 'nothing' : told.join(' and ');
  const text = `${kind}: ${billed} billed where ${due.toFixed(6)} USD is due (trade ${trade.phase})`;
  return [{ kind: 'wrongBills', tradeId: trade.id, count: 1, at: null, text }];
}
