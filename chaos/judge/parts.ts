import { amount, decimalString, ZERO, type Amount } from '#domain/money.ts';
import type { BookedTrade, FillEvent, VenueEvent } from './record.ts';

/** One execution of a trade's order, with what it did to the trade's part of the position. */
export interface OwnFill {
  readonly fill: FillEvent;
  /** What it took from the trade's part. */
  readonly closed: Amount;
  /** What it took beyond the part from a position of the owner's. */
  readonly fromOwner: Amount;
  /** What it took beyond the part although nothing was there to be closed. */
  readonly beyond: Amount;
}

/** The part of a position that is a trade's, after each moment at which it changed. */
export interface PartChange {
  readonly at: number;
  readonly size: Amount;
}

export interface TradePart {
  readonly fills: readonly OwnFill[];
  /** Its share of each payment for the position, in USD. */
  readonly funding: readonly Amount[];
  readonly changes: readonly PartChange[];
}

/**
 * Returns a trade's part of its position over time. Where positions are netted, an execution of the owner's own first
 * takes back what he holds there himself, then from the trade's part (he closed it by hand), and what is left is his.
 * An order of ours takes from the trade's part alone; all beyond is a fault. What the venue itself takes is an exit of
 * the trade for the part it takes of it. An adopted trade's part is the owner's.
 */
export function partOf(trade: BookedTrade, events: readonly VenueEvent[]): TradePart {
  const direction = trade.side === 'long' ? 1 : -1;
  const fills: OwnFill[] = [];
  const changes: PartChange[] = [];
  const funding: Amount[] = [];
  let [own, ofOwner] = [ZERO, ZERO];
  for (const event of events) {
    if (event.kind === 'funding' && event.line === trade.line && own.gt(0))
      funding.push(amount(event.usd).mul(least(own.div(amount(event.size).abs()), ONE)));
    if (event.kind !== 'fill' || event.line !== trade.line) continue;
    const before = own;
    const size = amount(event.size);
    if (event.tradeId === trade.id && event.leg === 'entry') {
      own = own.add(size);
      fills.push({ fill: event, closed: ZERO, fromOwner: ZERO, beyond: ZERO });
    } else if (event.tradeId === trade.id) {
      const closed = least(size, own);
      const fromOwner = least(size.sub(closed), most(ofOwner, ZERO));
      fills.push({ fill: event, closed, fromOwner, beyond: size.sub(closed).sub(fromOwner) });
      own = own.sub(closed);
      ofOwner = ofOwner.sub(size.sub(closed));
    } else {
      const signed = size.mul(event.side === 'buy' ? direction : -direction);
      const taken = signed.lt(0) ? least(most(signed.neg().sub(most(ofOwner, ZERO)), ZERO), own) : ZERO;
      own = own.sub(taken);
      ofOwner = ofOwner.add(signed).add(taken);
      if (event.isByVenue && taken.gt(0)) fills.push(takenByVenue(event, taken));
    }
    if (!own.eq(before)) changes.push({ at: event.at, size: own });
  }
  return { fills, funding, changes };
}

const takenByVenue = (fill: FillEvent, taken: Amount): OwnFill => ({
  fill: { ...fill, leg: 'exit', feeUsd: decimalString(amount(fill.feeUsd).mul(taken).div(fill.size)) },
  closed: taken,
  fromOwner: ZERO,
  beyond: ZERO,
});

const ONE = amount('1');

const least = (a: Amount, b: Amount): Amount => (a.lt(b) ? a : b);
const most = (a: Amount, b: Amount): Amount => (a.gt(b) ? a : b);
