import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { storeDelivery } from '#activities/intake/store-delivery.ts';
import { openDatabase, type Database } from '#prisma/client.ts';
import { storePostedMessage } from '#prisma/repositories/posted-messages.ts';
import { ensureSourceAccount } from '#prisma/repositories/source-accounts.ts';
import { NOTHING_DELIVERED } from '#sources/source.ts';
import { startTestDatabase, type TestDatabase } from '#tests/support/services.ts';

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await startTestDatabase();
  db = openDatabase(database.url);
});
afterAll(async () => {
  await db?.$disconnect();
  await database?.stop();
});

const DAY_MS = 86_400_000;
const NOW = Date.UTC(2026, 10, 27, 12);
const message = () => ({ externalId: randomUUID(), author: '@ada', text: 'gm', postedAt: NOW });

const DOORS = {
  'a delivery': (sourceAccountId: string) =>
    storeDelivery(db, { sourceAccountId, now: NOW }, { ...NOTHING_DELIVERED, messages: [message()] }),
  'a message that is posted': (sourceAccountId: string) =>
    storePostedMessage(db, { ...message(), sourceAccountId, call: null, now: NOW }),
};

test.each(Object.entries(DOORS))(
  '%s removes the days of its source that are over a year old',
  async (_what, deliver) => {
    const ids = [];
    for (const handle of ['desk', 'other']) {
      const { id } = await ensureSourceAccount(db, { kind: 'manual', handle: `${handle} ${randomUUID()}` });
      ids.push(id);
      for (const days of [1, 399, 401, 2_000])
        await db.sourceDay.create({ data: { sourceAccountId: id, day: new Date(NOW - days * DAY_MS) } });
    }
    const [source = '', other = ''] = ids;
    await deliver(source);
    expect(await db.sourceDay.count({ where: { sourceAccountId: source } })).toBe(3);
    expect(await db.sourceDay.count({ where: { sourceAccountId: other } })).toBe(4);
  },
);
