import type { TradeId } from '#domain/ids.ts';
import type { Database } from '../client.ts';
import { asPlainJson } from './json.ts';
import type { TradeBarriers } from './trades.ts';
import { levelChange, tellWatchers, type LevelChange } from './watches.ts';

/** Other exits of an open trade, as a person has set them. */
export interface Adjustment {
  tradeId: TradeId;
  by: string;
  before: TradeBarriers | null;
  barriers: TradeBarriers;
  watch: LevelChange;
  /** When its time is over, epoch ms; null when it has no limit. */
  timeLimitAt: number | null;
}

/** Writes other exits down for the trade, its watch, its story and the audit log: everywhere or nowhere. */
export async function saveAdjustment(db: Database, adjustment: Adjustment): Promise<void> {
  const { tradeId, by, before, barriers, watch, timeLimitAt } = adjustment;
  await db.$transaction([
    db.trade.update({ where: { id: tradeId }, data: { barriers: asPlainJson(barriers) } }),
    levelChange(db, tradeId, watch),
    db.watch.updateMany({
      where: { tradeId },
      data: { timeLimitAt: timeLimitAt === null ? null : new Date(timeLimitAt) },
    }),
    db.tradeEvent.createMany({
      data: {
        tradeId,
        key: `adjusted/${barriers.revision ?? 0}`,
        type: 'adjusted',
        text: `Exits replaced by ${by}: stop ${watch.stop?.price ?? 'none'}, ${targetsText(barriers)}`,
        data: asPlainJson({ policy: barriers.policy }),
      },
      skipDuplicates: true,
    }),
    db.auditLog.create({
      data: {
        actor: by,
        action: 'trade.adjust_barriers',
        subject: `trade/${tradeId}`,
        before: asPlainJson(before?.policy ?? {}),
        after: asPlainJson(barriers.policy),
      },
    }),
  ]);
  tellWatchers(db);
}

const targetsText = ({ levels: { targets } }: TradeBarriers): string =>
  targets.length === 0
    ? 'no targets'
    : `targets ${targets.map(({ price, fraction }) => `${price} x ${Math.round(fraction * 100)} %`).join(', ')}`;
