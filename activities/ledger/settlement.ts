import { divideFills, type DividedFills } from '#domain/divide-fills.ts';
import { Amount, amount, decimalString, sum, type DecimalString } from '#domain/money.ts';
import { fillsPnl, type FillsPnl } from '#domain/pnl.ts';
import type { DatabaseOrTransaction } from '#prisma/client.ts';
import { listFills, type FillRecord } from '#prisma/repositories/fills.ts';
import { readFunding } from '#prisma/repositories/funding.ts';
import type { Settlement } from '#prisma/repositories/settlements.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';

/** Result of a flat trade by its booked fills and payments. */
export interface Result {
  pnl: FillsPnl;
  divided: DividedFills<FillRecord>;
  /** The venue's profit of the closing fills; null when some fills are another hand's. */
  venueGrossUsd: DecimalString | null;
  /** Values to be stored. */
  settlement: Settlement;
}

/**
 * Adds up the result of a trade: profit of the fills of its own orders and of its liquidation, without another hand's
 * fills.
 */
export async function readResult(
  db: DatabaseOrTransaction,
  trade: TradeRecord,
  now: number,
): Promise<Result> {
  const [fills, funding] = await Promise.all([listFills(db, trade.id), readFunding(db, trade.id)]);
  const divided = divideFills(trade.side, fills);
  const pnl = fillsPnl(trade.side, divided.entries, divided.exits, funding.totalUsd);
  // More is closed than entered: a fill of the entry may not be listed yet.
  const isShort = divided.beyond.gt(0) && divided.entered.lt(trade.entrySize ?? '0');
  const isOpen = divided.entered.isZero() || !divided.left.isZero() || isShort;
  const isProvisional = !trade.isAdopted && isOpen;
  const closedAt = isProvisional ? now : (divided.closing?.time ?? now);
  return {
    pnl,
    divided,
    venueGrossUsd: fills.every(({ isOwn }) => isOwn) ? venueGross(fills) : null,
    settlement: {
      exitPrice: pnl.exitPrice ?? divided.closing?.price ?? trade.entryPrice ?? '1',
      grossPnlUsd: pnl.grossUsd,
      feesUsd: pnl.feesUsd,
      fundingUsd: pnl.fundingUsd,
      netPnlUsd: pnl.netUsd,
      closedAt,
      isProvisional,
      settledFills: fills.length,
      settledFunding: funding.payments,
    },
  };
}

const venueGross = (fills: readonly FillRecord[]): DecimalString =>
  decimalString(sum(fills.map(({ closedPnlUsd }) => closedPnlUsd)));

/** Returns the trade's share of a payment for the whole position of an instrument. */
export function paidShare(
  { side }: Pick<TradeRecord, 'side'>,
  fills: readonly FillRecord[],
  { amountUsd, size, time }: { amountUsd: DecimalString; size?: DecimalString; time: number },
): DecimalString {
  if (size === undefined || amount(size).isZero() || fills.every(({ isOwn }) => isOwn)) return amountUsd;
  const { left } = divideFills(
    side,
    fills.filter((fill) => fill.time <= time),
  );
  const share = Amount.min(left.div(amount(size).abs()), 1);
  return decimalString(amount(amountUsd).mul(share).toDecimalPlaces(USD_DECIMALS));
}

const USD_DECIMALS = 12;

/** Returns an amount as a term of a sum, with a sign and a space before it. */
const term = (usd: Amount): string =>
  `${usd.isNegative() && !usd.isZero() ? '-' : '+'} ${decimalString(usd.abs())}`;

/** Returns the text of a settlement for the trade event. */
export function settlementText(
  { exitReason }: Pick<TradeRecord, 'exitReason'>,
  { pnl, divided, settlement }: Result,
) {
  const fees = amount(pnl.feesUsd).isZero() ? '- 0' : term(amount(pnl.feesUsd).neg());
  const sumOf = `net ${pnl.netUsd} USD = ${pnl.grossUsd} gross ${fees} fees ${term(amount(pnl.fundingUsd))} funding`;
  const byHand = divided.takenByHand.isZero()
    ? ''
    : `; ${divided.takenByHand.toFixed()} closed by another hand, which does not count`;
  const open = settlement.isProvisional ? '; provisional: the fills do not explain the position yet' : '';
  return `Closed (${exitReason}): ${sumOf}${byHand}${open}`;
}
