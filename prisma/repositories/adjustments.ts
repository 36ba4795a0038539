import type { Barriers, ResolvedBarriers } from '#domain/barriers.ts';
import type { TradeId } from '#domain/ids.ts';
import type { DecimalString } from '#domain/money.ts';
import type { Database, DatabaseOrTransaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';
import { asPlainJson, fromJson } from './json.ts';
import { HoldLostError, keepHold, stillHeld, type TradeHold } from './trade-lock.ts';
import type { TradeBarriers } from './trade-record.ts';
import { levelChange, type LevelChange } from './watches.ts';
import { tellWatchers } from './watch-announcements.ts';
import type { SeenPrices } from './watch-record.ts';

/** Who asks for other exits, and why. */
export interface AdjustmentSource {
  by: string;
  note: string | null;
  /** Names the request where it may come again after it was carried out; null where it comes once. */
  request: string | null;
}

/** New exits of an open trade, as they are recorded before the stop is moved. */
export interface BegunAdjustment extends AdjustmentSource {
  policy: Barriers;
  levels: ResolvedBarriers;
  /** Where the stop is moved to. */
  stopPrice: DecimalString;
  /** Whether the stop rested there before, so that the rule that put it there stays; absent in records of before. */
  isStopKept?: boolean;
  /** When its time is over, epoch ms; null when it has no limit. */
  timeLimitAt: number | null;
  /** Where the trail starts; null when it is the one that the trade has. */
  trailStart: SeenPrices | null;
}

/** Other exits of an open trade whose stop rests where it is to rest. */
export interface Adjustment extends Pick<AdjustmentSource, 'by' | 'note'> {
  tradeId: TradeId;
  before: TradeBarriers | null;
  barriers: TradeBarriers;
  watch: LevelChange;
  timeLimitAt: number | null;
  /** Under which the stop was moved. */
  hold: TradeHold | undefined;
}

/** Returns the adjustment of a trade that was begun and has no end; null when there is none. */
export async function findBegunAdjustment(
  db: DatabaseOrTransaction,
  tradeId: TradeId,
): Promise<BegunAdjustment | null> {
  const row = await db.trade.findUniqueOrThrow({
    where: { id: tradeId },
    select: { begunAdjustment: true },
  });
  return fromJson<BegunAdjustment | null>(row.begunAdjustment);
}

/** Records that the exits of a trade are being replaced. Throws `HoldLostError` when the hold is lost. */
export async function beginAdjustment(
  db: DatabaseOrTransaction,
  tradeId: TradeId,
  begun: BegunAdjustment,
  hold: TradeHold | undefined,
): Promise<void> {
  const written = await db.$executeRaw`
    UPDATE trade SET begun_adjustment = ${JSON.stringify(begun)}::jsonb, updated_at = now()
    WHERE id = ${tradeId}::uuid AND ${stillHeld(hold)}`;
  if (written === 0) throw new HoldLostError(`trade ${tradeId} is held by somebody else by now`);
}

/** Forgets an adjustment that moved no stop. */
export async function dropAdjustment(db: DatabaseOrTransaction, tradeId: TradeId): Promise<void> {
  await db.trade.update({ where: { id: tradeId }, data: { begunAdjustment: Prisma.DbNull } });
}

/**
 * Writes new exits for the trade, its watch, its events and the audit log, in one transaction. Throws
 * `HoldLostError`, with nothing written, when another process holds the trade.
 */
export async function saveAdjustment(db: Database, adjustment: Adjustment): Promise<void> {
  const { tradeId, barriers, watch, timeLimitAt, hold } = adjustment;
  await db.$transaction(async (tx) => {
    await keepHold(tx, hold);
    await tx.trade.update({
      where: { id: tradeId },
      data: {
        barriers: asPlainJson(barriers),
        begunAdjustment: Prisma.DbNull,
        // A process that died after it had placed or moved the stop has recorded neither its price nor its rule.
        ...(watch.stop && { stopPrice: watch.stop.price, stopKind: watch.stop.kind }),
      },
    });
    await levelChange(tx, tradeId, watch);
    const endsAt = timeLimitAt === null ? null : new Date(timeLimitAt);
    await tx.watch.updateMany({ where: { tradeId }, data: { timeLimitAt: endsAt } });
    await tx.tradeEvent.createMany({ data: adjustedLine(adjustment), skipDuplicates: true });
    await tx.auditLog.create({ data: auditOf(adjustment) });
  });
  tellWatchers(db);
}

const adjustedLine = ({ tradeId, by, note, barriers, watch }: Adjustment) => ({
  tradeId,
  key: `adjusted/${barriers.revision ?? 0}`,
  type: 'adjusted',
  text: `Exits replaced by ${by}: stop ${watch.stop?.price ?? 'none'}, ${targetsText(barriers)}${note === null ? '' : ` (${note})`}`,
  data: asPlainJson({ policy: barriers.policy, ...(note !== null && { note }) }),
});

const auditOf = ({ tradeId, by, note, before, barriers }: Adjustment) => ({
  actor: by,
  action: 'trade.adjust_barriers',
  subject: `trade/${tradeId}`,
  before: asPlainJson(before?.policy ?? {}),
  after: asPlainJson({ ...barriers.policy, ...(note !== null && { note }) }),
});

const targetsText = ({ levels: { targets } }: TradeBarriers): string =>
  targets.length === 0
    ? 'no targets'
    : `targets ${targets.map(({ price, fraction }) => `${price} x ${Math.round(fraction * 100)} %`).join(', ')}`;
