import { amount, decimalString } from '#domain/money.ts';
import { fillsPnl } from '#domain/pnl.ts';
import { isExitFill, listFills } from '#prisma/repositories/fills.ts';
import { insertFunding, totalFunding } from '#prisma/repositories/funding.ts';
import { tell } from '#prisma/repositories/trade-events.ts';
import { closeTrade, getTrade, type TradeRecord } from '#prisma/repositories/trades.ts';
import type { LedgerActivities, TradeRef } from './contract.ts';
import { venueOf, type TradingDeps } from './deps.ts';

/** Beyond this the venue's own profit and ours are not the same number. */
const CENT = 0.01;

export function createLedgerActivities(deps: TradingDeps): LedgerActivities {
  return { settleTrade: (input) => settleTrade(deps, input) };
}

/** Closes the books of a flat trade: profit from the fills alone, held against what the venue itself says. */
async function settleTrade(deps: TradingDeps, { tradeId }: TradeRef): Promise<{ netPnlUsd: string }> {
  const trade = await getTrade(deps.db, tradeId);
  if (trade.phase === 'closed' && trade.netPnlUsd !== null) return { netPnlUsd: trade.netPnlUsd };
  const fills = await listFills(deps.db, tradeId);
  const closedAt = fills.at(-1)?.time ?? deps.now();
  await bookFunding(deps, trade, { from: fills[0]?.time ?? trade.openedAt, to: closedAt });
  const funding = decimalString(await totalFunding(deps.db, tradeId));
  const exits = fills.filter((fill) => isExitFill(trade.side, fill));
  const entries = fills.filter((fill) => !isExitFill(trade.side, fill));
  const pnl = fillsPnl(trade.side, entries, exits, funding);
  await closeTrade(deps.db, tradeId, {
    exitPrice: pnl.exitPrice ?? trade.entryPrice ?? '1',
    grossPnlUsd: pnl.grossUsd,
    feesUsd: pnl.feesUsd,
    fundingUsd: pnl.fundingUsd,
    netPnlUsd: pnl.netUsd,
    closedAt,
  });
  const venueGross = exits.reduce((total, fill) => total.add(fill.closedPnlUsd), amount('0'));
  const difference = venueGross.sub(pnl.grossUsd).abs();
  await tell(deps.db, {
    tradeId,
    key: 'settled',
    type: 'settled',
    text: `Closed (${trade.exitReason}): net ${pnl.netUsd} USD = ${pnl.grossUsd} gross - ${pnl.feesUsd} fees + ${pnl.fundingUsd} funding`,
    data: { ...pnl, reason: trade.exitReason, venueGrossUsd: decimalString(venueGross) },
  });
  if (difference.gte(CENT)) await tellMismatch(deps, trade, decimalString(venueGross), pnl.grossUsd);
  return { netPnlUsd: pnl.netUsd };
}

/** Books what was paid between the first fill and the last: both by the venue's clock, as the payments are. */
async function bookFunding(
  deps: TradingDeps,
  trade: TradeRecord,
  { from, to }: { from: number | null; to: number },
): Promise<void> {
  if (!trade.venue || from === null) return;
  const { venue, accountId, symbol } = trade;
  const payments = await venueOf(deps, venue).accounts.fundingSince(accountId, from);
  const own = payments.filter((each) => each.symbol === symbol && each.time <= to);
  await insertFunding(
    deps.db,
    own.map((each) => ({
      venue,
      accountId,
      symbol,
      tradeId: trade.id,
      amountUsd: each.amountUsd,
      time: each.time,
    })),
  );
}

const tellMismatch = (deps: TradingDeps, { id }: TradeRecord, venue: string, ours: string): Promise<void> =>
  tell(deps.db, {
    tradeId: id,
    key: 'pnl_mismatch',
    type: 'pnl_mismatch',
    text: `The venue reports ${venue} USD of closed profit, our fills add up to ${ours}`,
    data: { venue, ours },
  });
