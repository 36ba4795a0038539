import type { Database } from '#prisma/client.ts';
import { recordChange } from '#prisma/repositories/audit-log.ts';
import { recordTradeEvent, type TradeEventDraft } from '#prisma/repositories/trade-events.ts';
import { beginPause, endPause } from '#prisma/repositories/trade-changes.ts';
import type { TradeRecord } from '#prisma/repositories/trade-record.ts';

/** A trade, and who asks something of it. */
interface Request {
  tradeId: TradeRecord['id'];
  by: string;
}

/** Pauses a trade and audits that, once for all doors. Returns since when it is paused. */
export const pauseAudited = (db: Database, { tradeId, by: actor }: Request, now: number): Promise<number> =>
  db.$transaction(async (tx) => {
    const since = await beginPause(tx, tradeId, now);
    const isNew = since === new Date(now).getTime();
    if (isNew) await recordChange(tx, { actor, action: 'trade.paused', subject: `trade/${tradeId}` });
    return since;
  });

/** Ends the pause of a trade and audits that once. */
export const resumeAudited = (db: Database, { tradeId, by: actor }: Request): Promise<void> =>
  db.$transaction(async (tx) => {
    if (!(await endPause(tx, tradeId))) return;
    await recordChange(tx, { actor, action: 'trade.resumed', subject: `trade/${tradeId}` });
  });

/** Writes the trade event of a person's close and audits it, both once. */
export async function tellOfClose(db: Database, line: TradeEventDraft, actor: string): Promise<void> {
  await db.$transaction(async (tx) => {
    if ((await recordTradeEvent(tx, line)) === 0) return;
    await recordChange(tx, {
      actor,
      action: 'trade.close_started',
      subject: `trade/${line.tradeId}`,
      ...(line.data && { after: line.data }),
    });
  });
}
