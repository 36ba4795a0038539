import { forwardNow } from '#process/clocks.ts';
import { setTimeout as delay } from 'node:timers/promises';
import { createLimited, type Limited } from '#process/limited.ts';
import type { TradeId } from '#domain/ids.ts';
import { poolSizeOf, type Database, type DatabaseOrTransaction } from '../client.ts';
import { Prisma } from '../generated/client.ts';

/** How long one holder may have the lock of a trade; the database then takes it away, also from a frozen process. */
const HELD_AT_MOST_MS = 30_000;
/** The end of that time, in which a command that left may still be answered but no other leaves. */
const LAST_ANSWER_MS = 10_000;
/** Longest wait for the lock; the pool's own limit on statements is shorter. */
const WAIT_AT_MOST_MS = 20_000;

/** One holder's turn on a trade. What it writes and sends counts only while it is the last holder. */
export interface TradeHold {
  tradeId: TradeId;
  /** Higher than that of every earlier holder. */
  number: number;
  /** Epoch ms, by the process's `forwardNow`, from which on no command of this holder leaves. */
  until: number;
}

/** Another process holds the trade: values read under the lock may be outdated. */
export class HoldLostError extends Error {
  override name = 'HoldLostError';
  readonly code = 'trade_hold_lost';
}

const lanes = new WeakMap<Database, Limited>();

/**
 * Runs one piece of work on a trade at a time, across all processes, and returns its result. The lock goes with its
 * connection: a process that dies holding it lets go, and the database ends one that holds it too long. Work that goes
 * on after that writes and sends nothing, if it says under which hold. Throws `HoldLostError` when the time is up.
 *
 * Work under the lock reads and writes through other connections of the same pool. Were all of them taken by locks,
 * each would wait for another, so locks may have no more than a third of them.
 */
export const withTradeLock = <Result>(
  db: Database,
  tradeId: TradeId,
  work: (hold: TradeHold) => Promise<Result>,
  heldAtMostMs = HELD_AT_MOST_MS,
): Promise<Result> => laneOf(db).run(() => runLocked(db, tradeId, work, heldAtMostMs));

async function runLocked<Result>(
  db: Database,
  tradeId: TradeId,
  work: (hold: TradeHold) => Promise<Result>,
  heldAtMostMs: number,
): Promise<Result> {
  const done = Promise.withResolvers<Result>();
  const lockedWork = db.$transaction(
    async (tx) => {
      await tx.$executeRaw`
        SELECT set_config('idle_in_transaction_session_timeout', ${String(heldAtMostMs)}, true),
          pg_advisory_xact_lock(hashtextextended(${tradeId}, 0))`;
      const endsAt = forwardNow() + heldAtMostMs;
      const until = endsAt - Math.min(LAST_ANSWER_MS, heldAtMostMs / 3);
      const hold = { tradeId, number: await beginHold(db, tradeId), until };
      done.resolve(await inTime(work(hold), endsAt));
    },
    { maxWait: 10_000, timeout: WAIT_AT_MOST_MS + heldAtMostMs },
  );
  // A lock that was taken away at the very end changes nothing: all that was to be done under it is done by then.
  await lockedWork.catch(done.reject);
  return done.promise;
}

/** Resolves and rejects as the work does; throws `HoldLostError` when that takes past `endsAt` (by `forwardNow`). */
async function inTime<Result>(work: Promise<Result>, endsAt: number): Promise<Result> {
  const over = new AbortController();
  const tooLong = delay(Math.max(0, endsAt - forwardNow()), null, { signal: over.signal }).then(() => {
    throw new HoldLostError('the work on the trade took longer than its lock lasts');
  });
  tooLong.catch(() => undefined);
  return Promise.race([work, tooLong]).finally(() => over.abort());
}

/** Begins a hold and returns its number; every earlier hold ends. */
async function beginHold(db: Database, tradeId: TradeId): Promise<number> {
  const [row] = await db.$queryRaw<{ number: bigint }[]>`
    INSERT INTO trade_hold (trade_id, number) VALUES (${tradeId}::uuid, 1)
    ON CONFLICT (trade_id) DO UPDATE SET number = trade_hold.number + 1
    RETURNING number`;
  if (!row) throw new Error('a hold was not numbered');
  return Number(row.number);
}

/**
 * Returns a condition that is false once another process holds the trade, and true without a hold. The next hold
 * begins only after a statement with a true condition has ended.
 */
export const stillHeld = (hold: TradeHold | undefined): Prisma.Sql =>
  hold === undefined
    ? Prisma.sql`true`
    : Prisma.sql`EXISTS (SELECT FROM trade_hold WHERE trade_id = ${hold.tradeId}::uuid
        AND number = ${BigInt(hold.number)} FOR SHARE)`;

/** Returns whether the hold is still the last one of its trade. */
export async function isHeld(db: DatabaseOrTransaction, { tradeId, number }: TradeHold): Promise<boolean> {
  const row = await db.tradeHold.findUnique({ where: { tradeId } });
  return row?.number === BigInt(number);
}

/** Throws `HoldLostError` when the hold is not the last one of its trade; does nothing without a hold. */
export async function requireHold(db: DatabaseOrTransaction, hold: TradeHold | undefined): Promise<void> {
  if (hold && !(await isHeld(db, hold)))
    throw new HoldLostError(`trade ${hold.tradeId} is held by somebody else by now`);
}

/**
 * Keeps the next hold of a trade from beginning before the transaction ends; does nothing without a hold. Throws
 * `HoldLostError` when the hold is not the last one.
 */
export async function keepHold(tx: DatabaseOrTransaction, hold: TradeHold | undefined): Promise<void> {
  const [kept] = await tx.$queryRaw<unknown[]>`SELECT 1 WHERE ${stillHeld(hold)}`;
  if (!kept) throw new HoldLostError(`trade ${hold?.tradeId} is held by somebody else by now`);
}

function laneOf(db: Database): Limited {
  const known = lanes.get(db);
  if (known) return known;
  const lane = createLimited(Math.max(1, Math.floor(poolSizeOf(db) / 3)));
  lanes.set(db, lane);
  return lane;
}
