import { afterAll, beforeAll, expect, test } from 'vitest';
import { closeKnown } from '#activities/execution/close-position.ts';
import { asId } from '#domain/ids.ts';
import { openDatabase, prepareReady, queryReady } from '#prisma/client.ts';
import { Prisma } from '#prisma/generated/client.ts';
import { orderStatements } from '#prisma/repositories/ready-statements.ts';
import { findTradeOf } from '#prisma/repositories/trades.ts';
import { cutDatabase } from '../support/cut-database.ts';
import { startRoutingHarness, type RoutingHarness } from '../support/routing-harness.ts';
import { startTestDatabase } from '../support/services.ts';

/** Statements that a ready connection knows, by the name under which the driver sends them. */
const KNOWN = Prisma.sql`SELECT name FROM pg_prepared_statements WHERE statement NOT LIKE '%pg_prepared_statements%'`;

let harness: RoutingHarness;
beforeAll(async () => {
  harness = await startRoutingHarness();
  await harness.refresh();
});
afterAll(() => harness?.stop());

test('an entry, its stop and a closing order run the statements that were prepared, and no others', async () => {
  const { db, execution } = harness;
  await prepareReady(db, orderStatements());
  expect(await db.trade.count()).toBe(0);
  expect(await queryReady(db, KNOWN)).toHaveLength(orderStatements().length);
  const deployment = await harness.deploy({ hyperliquid: '10000' });
  const signal = await harness.signal(deployment, { symbol: 'BTC', side: 'long' });
  const known = await queryReady(db, KNOWN);

  const partly = { kind: 'partialFill', fraction: 0.5 } as const;
  harness.sandboxes.hyperliquid.control({ type: 'fault', fault: partly });
  expect(await harness.enter(signal)).toMatchObject({ outcome: 'planned', entry: { outcome: 'opened' } });
  const trade = await findTradeOf(db, { signalId: asId(signal.signalId), deploymentId: signal.deploymentId });
  const size = trade.entrySize ?? '0';
  const instrument = trade.plan?.instrument;
  if (!instrument) throw new Error('the trade has no plan');
  const position = { trade, venue: 'hyperliquid', instrument, size } as const;
  const request = { reason: 'stop_loss', by: 'watcher', price: '1', asOfWatch: 0n } as const;
  expect(await closeKnown(execution, position, request)).toBeNull();

  expect(await queryReady(db, KNOWN)).toEqual(known);
});

test('connections that the database has ended are replaced by prepared ones', async () => {
  const database = await startTestDatabase();
  const db = openDatabase(database.url, { poolSize: 4 });
  try {
    await prepareReady(db, orderStatements());
    const restore = await cutDatabase(database.url);
    await expect(queryReady(db, KNOWN)).rejects.toThrow(/connect|terminat|not currently accepting/i);
    await restore();
    expect(await queryReady(db, KNOWN)).toHaveLength(orderStatements().length);
  } finally {
    await db.$disconnect();
    await database.stop();
  }
});
