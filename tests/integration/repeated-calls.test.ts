import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createFanOutActivities } from '#activities/pipeline/fan-out.ts';
import { refuse } from '#activities/ledger/refuse.ts';
import type { RefusalCode } from '#domain/reasons.ts';
import { openDatabase, type Database } from '#prisma/client.ts';
import { beginDecision } from '#prisma/repositories/begin-decision.ts';
import { createSignal, type CreatedSignal, type SignalDraft } from '#prisma/repositories/signals.ts';
import { addAgent, addDeployment } from '../support/pipeline-harness.ts';
import { startTestDatabase, type TestDatabase } from '../support/services.ts';

let database: TestDatabase;
let db: Database;
beforeAll(async () => {
  database = await startTestDatabase();
  db = openDatabase(database.url, { poolSize: 8 });
});
afterAll(async () => {
  await db.$disconnect();
  await database.stop();
});

const at = (hour: number, minute = 0) => Date.UTC(2026, 4, 1, hour, minute);

const makeAgent = (): Promise<{ id: string; ownerId: string }> =>
  addAgent(db, { name: `agent ${randomUUID()}` });

/** One call for BTC, by hand. */
const call = (agentId: string, calledAt: number): Promise<CreatedSignal> =>
  createSignal(db, { ...CALL, agentId, calledAt, expiresAt: calledAt + 60_000 });

const CALL: Omit<SignalDraft, 'agentId' | 'calledAt' | 'expiresAt'> = {
  symbol: 'BTC',
  side: 'long',
  origin: 'manual',
  messageId: null,
  confidence: 1,
  sizeModel: { mode: 'equityPercent', percent: 5 },
  barriers: {},
  requestedVenue: 'MULTI',
  leverage: null,
  referencePrice: null,
  maxDriftPct: 1,
};

const signalOf = (made: CreatedSignal) => (made.created ? made.signalId : made.duplicateOf);

/** Begins the trade of each deployment and has it refused where a code is given, as their workflows would. */
async function settle(signalId: string, codes: readonly (RefusalCode | null)[]): Promise<void> {
  const fanOut = createFanOutActivities({ db, now: Date.now });
  const { deploymentIds } = await fanOut.listDeployments({ signalId });
  for (const [index, deploymentId] of deploymentIds.entries()) {
    const { trade } = await beginDecision(db, { signalId, deploymentId });
    const code = codes[index];
    if (code) await refuse(db, trade, { code, text: code });
  }
  await fanOut.markFannedOut({ signalId });
}

test('05:59 and 06:01 are one call, and six hours later it is another', async () => {
  const { id } = await makeAgent();
  const first = await call(id, at(5, 59));
  const again = [await call(id, at(6, 1)), await call(id, at(11, 58)), await call(id, at(5, 0))];
  expect(again).toEqual(again.map(() => ({ created: false, duplicateOf: signalOf(first) })));
  expect(await call(id, at(11, 59))).toMatchObject({ created: true });
  expect(await call(id, at(12, 1))).toMatchObject({ created: false });
});

test('of calls made at once one becomes a signal, also where an earlier one gave way', async () => {
  const { id } = await makeAgent();
  const inParallel = (calledAt: number) =>
    Promise.all(Array.from({ length: 8 }, (_, index) => call(id, calledAt + index)));
  const made = await inParallel(at(1));
  expect(made.filter(({ created }) => created)).toHaveLength(1);
  expect(new Set(made.map(signalOf)).size).toBe(1);
  await settle(signalOf(made[0] as CreatedSignal), ['market_closed']);
  const later = await inParallel(at(2));
  expect(later.filter(({ created }) => created)).toHaveLength(1);
  expect(new Set(later.map(signalOf)).size).toBe(1);
});

test.each<[string, boolean, (RefusalCode | null)[]]>([
  ['was refused because the market is closed', true, ['market_closed', 'market_closed']],
  ['found no venue and no margin', true, ['venue_unhealthy', 'no_margin']],
  ['is traded by one deployment', false, ['market_closed', null]],
  ['was closed by a person before its entry', false, ['closed_before_entry', 'market_closed']],
  ['names nothing that is listed', false, ['unknown_instrument', 'unknown_instrument']],
])('a call that %s gives way to the next one: %s', async (_what, givesWay, codes) => {
  const { id, ownerId } = await makeAgent();
  await addDeployment(db, id, ownerId);
  const first = await call(id, at(3));
  expect(await call(id, at(3, 1))).toMatchObject({ created: false });
  await settle(signalOf(first), codes);
  const next = await call(id, at(3, 2));
  expect(next.created).toBe(givesWay);
  // The call that gave way does so once: the next one counts.
  expect(await call(id, at(3, 3))).toEqual({ created: false, duplicateOf: signalOf(next) });
});

test.each<[string, string | null, 'canceled' | 'unresolved', boolean]>([
  ['the venue took and gave back', '17', 'canceled', false],
  ['nobody knows about', null, 'unresolved', false],
  ['found no match', null, 'canceled', true],
])('a refused call whose entry %s gives way or not', async (_what, venueOrderId, status, givesWay) => {
  const { id } = await makeAgent();
  const first = await call(id, at(3));
  await settle(signalOf(first), ['settlement_timeout']);
  const { id: tradeId, accountId } = await db.trade.findFirstOrThrow({
    where: { signalId: signalOf(first) },
  });
  await db.order.create({
    data: {
      tradeId,
      accountId,
      venueOrderId,
      status,
      venue: 'ostium',
      symbol: 'BTC',
      leg: 'entry',
      legNumber: 0,
      revision: 0,
      kind: 'ioc',
      clientOrderId: randomUUID(),
      side: 'buy',
      size: '1',
      price: '1',
      reduceOnly: false,
    },
  });
  expect((await call(id, at(3, 1))).created).toBe(givesWay);
});

test('a call that nobody could trade gives way, one whose trades are not decided does not', async () => {
  const { id } = await makeAgent();
  await db.agentDeployment.updateMany({ where: { agentId: id }, data: { status: 'paused' } });
  await settle(signalOf(await call(id, at(4))), []);
  const next = await call(id, at(4, 1));
  expect(next.created).toBe(true);
  await db.agentDeployment.updateMany({ where: { agentId: id }, data: { status: 'active' } });
  await createFanOutActivities({ db, now: Date.now }).markFannedOut({ signalId: signalOf(next) });
  expect(await call(id, at(4, 2))).toMatchObject({ created: false });
});
