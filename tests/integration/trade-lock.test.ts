import { openDatabase, type Database } from '#prisma/client.ts';
import { asId, type TradeId } from '#domain/ids.ts';
import { withTradeLock } from '#prisma/repositories/trade-lock.ts';
import { randomUUID } from 'node:crypto';
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
