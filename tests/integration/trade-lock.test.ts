import { openDatabase, type Database } from '#prisma/client.ts';
import { asId, type TradeId } from '#domain/ids.ts';
import { isHeld, stillHeld, withTradeLock, type TradeHold } from '#prisma/repositories/trade-lock.ts';
import { randomUUID } from 'node:crypto';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startTestDatabase, type TestDatabase } from '../support/services.ts';

const POOL_SIZE = 4;

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await startTestDatabase();
  db = openDatabase(database.url, { poolSize: POOL_SIZE });
});
afterAll(async () => {
  await db?.$disconnect();
  await database?.stop();
});

const tradeId = () => asId<TradeId>(randomUUID());

test('more locks than the pool has connections leave some for the work under them', async () => {
  const count = () => db.trade.count();
  const counted = await Promise.all(
    Array.from({ length: 5 * POOL_SIZE }, () => withTradeLock(db, tradeId(), count)),
  );
  expect(counted).toEqual(Array.from({ length: 5 * POOL_SIZE }, () => 0));
});

test('work on one trade is done one after the other, across processes', async () => {
  const other = openDatabase(database.url, { poolSize: POOL_SIZE });
  const trade = tradeId();
  const steps: string[] = [];
  const work = (name: string, through: Database) =>
    withTradeLock(through, trade, async () => {
      steps.push(`${name} begins`);
      await through.trade.count();
      steps.push(`${name} ends`);
    });
  await Promise.all([work('one', db), work('two', other)]);
  await other.$disconnect();
  const [first] = steps;
  expect(steps).toEqual(
    (first === 'one begins' ? ['one', 'two'] : ['two', 'one']).flatMap((name) => [
      `${name} begins`,
      `${name} ends`,
    ]),
  );
});

/** Ends the connections that hold a lock, as the database does when their time is up. */
const takeLocksAway = () =>
  db.$executeRaw`SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory' AND granted`;

test('work that goes on after its lock was taken away writes nothing any more', async () => {
  const trade = tradeId();
  const other = openDatabase(database.url, { poolSize: POOL_SIZE });
  const [begun, successor] = [Promise.withResolvers<TradeHold>(), Promise.withResolvers<void>()];
  const written: unknown[] = [];
  const late = withTradeLock(db, trade, async (hold) => {
    begun.resolve(hold);
    await successor.promise;
    written.push(await isHeld(db, hold), await db.$queryRaw`SELECT 1 AS written WHERE ${stillHeld(hold)}`);
  });
  const first = await begun.promise;
  await takeLocksAway();
  const second = await withTradeLock(other, trade, async (hold) => {
    expect(await db.$queryRaw`SELECT 1 AS written WHERE ${stillHeld(hold)}`).toEqual([{ written: 1 }]);
    return hold;
  });
  successor.resolve();
  await Promise.all([late, other.$disconnect()]);
  expect(second.number).toBeGreaterThan(first.number);
  expect(written).toEqual([false, []]);
});

test('a process that freezes with a lock does not keep it', async () => {
  const trade = tradeId();
  const holder = spawn(process.execPath, ['tests/support/lock-holder.ts', database.url, trade], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  try {
    await once(holder.stdout, 'data');
    holder.kill('SIGSTOP');
    expect(await withTradeLock(db, trade, () => Promise.resolve('held'))).toBe('held');
  } finally {
    holder.kill('SIGKILL');
  }
});
