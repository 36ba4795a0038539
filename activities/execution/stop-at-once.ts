import { entryRevision, type Protection } from '#domain/entry-plan.ts';
import { amount } from '#domain/money.ts';
import { doesRest } from '#domain/order.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';
import type { ExecutionDeps, TradeContext } from './context.ts';
import { openContext } from './context.ts';
import { protectionDraft } from './drafts.ts';
import { ensureStop } from './stops.ts';
import { wantedStop } from './wanted-stop.ts';

/**
 * Sends a stop in place of the entry's own, which the venue did not place, before the entry is booked. Returns whether
 * it rests; when it does not, `ensureStop` finds out why.
 */
export const sendStopAtOnce = (
  deps: ExecutionDeps,
  { trade, plan, session }: TradeContext,
  { legs }: Protection,
): Promise<boolean> =>
  tried(deps, trade, async () => {
    const stop = legs.find(({ leg }) => leg === 'stop');
    if (!stop) return false;
    // The stop that went with the entry has the entry's revision.
    const drafts = [protectionDraft(trade, session.venue, plan, stop, entryRevision(plan) + 1)];
    const [report] = await deps.orderSender.send({ session, instrument: plan.instrument, drafts });
    return report !== undefined && doesRest(report.status);
  });

/** Places the missing stop of an open trade. Returns whether it rests. */
export const placeMissingStop = (deps: ExecutionDeps, trade: TradeRecord): Promise<boolean> =>
  tried(deps, trade, async () => {
    if (!amount(trade.remainingSize ?? '0').gt(0)) return false;
    const wanted = wantedStop(trade, 0);
    return wanted !== null && (await ensureStop(deps, await openContext(deps, trade), wanted)).ok;
  });

/** Returns false when the stop cannot be placed now: the next step tries again, or closes the position. */
async function tried(
  deps: ExecutionDeps,
  { id: tradeId }: TradeRecord,
  place: () => Promise<boolean>,
): Promise<boolean> {
  try {
    return await place();
  } catch (err) {
    // Whatever it is, the entry is booked all the same: a trade that is not known to be open is protected by nothing.
    deps.logger.warn({ tradeId, err }, 'the stop of an entry is not placed yet');
    return false;
  }
}
