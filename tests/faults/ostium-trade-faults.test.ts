import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { RoleProcess } from '#process/role.ts';
import { startOstiumSandbox, type OstiumSandbox } from '#sandbox/ostium/server.ts';
import { expectOstiumClean } from '#tests/support/ostium-books.ts';
import { startTradingSystem, until, type TradingSystem } from '#tests/support/trading-system.ts';

let ostium: OstiumSandbox;
let system: TradingSystem;
let worker: RoleProcess;

const BARRIERS = { stopLoss: { pct: 1 } };

beforeAll(async () => {
  ostium = await startOstiumSandbox();
  ostium.control.setPrice('EUR-USD', '1.1', '0.0001');
  system = await startTradingSystem({ ostium });
  worker = await system.startWorker();
  await until('the instruments', async () =>
    system.db.instrument.findFirst({ where: { symbol: 'EUR-USD' } }),
  );
}, 90_000);
afterEach(() => ostium?.control.clearFaults());
afterAll(async () => {
  await system?.stop();
  await ostium?.stop();
});

describe('a trade that Ostium does not take ends with its reason, and costs nothing', () => {
  test.each([
    ['pricesDown', 'venue_unhealthy'],
    ['delist', 'not_tradable'],
  ] as const)('%s', async (kind, code) => {
    await ostium.control.fault(kind === 'delist' ? { kind, pair: 'EUR-USD' } : { kind });
    const deployment = await system.deploy();
    const trade = await system.signal(deployment, { symbol: 'EUR-USD', barriers: BARRIERS });
    const skipped = await trade.reaches('skipped');
    expect(JSON.stringify(skipped.refusal)).toContain(code);
    await expectOstiumClean(system, ostium, deployment);
  });

  test('a price that runs away costs the fee of asking for it, which the refusal names', async () => {
    const deployment = await system.deploy();
    await ostium.control.fault({ kind: 'keeperSlow', delayMs: 1_500 });
    const trade = await system.signal(deployment, { symbol: 'EUR-USD', barriers: BARRIERS });
    await until('the transaction', async () =>
      system.db.order.findFirst({
        where: { trade: { deploymentId: deployment.deploymentId }, reference: { not: null } },
      }),
    );
    ostium.control.setPrice('EUR-USD', '1.2', '0.0001');
    const skipped = await trade.reaches('skipped');
    expect(skipped.refusal?.text).toContain('It kept 0.1 USD');
    ostium.control.setPrice('EUR-USD', '1.1', '0.0001');
    await expectOstiumClean(system, ostium, deployment, '0.1');
  });

  test('a keeper that never answers: the collateral comes back once the order may be taken back', async () => {
    const deployment = await system.deploy();
    await ostium.control.fault({ kind: 'keeperSilent' });
    const trade = await system.signal(deployment, { symbol: 'EUR-USD', barriers: BARRIERS });
    await until('the order to be taken', async () =>
      system.db.order.findFirst({
        where: { trade: { deploymentId: deployment.deploymentId }, leg: 'entry', status: 'resting' },
      }),
    );
    await ostium.control.mine(40);
    const skipped = await trade.reaches('skipped');
    expect(skipped.refusal?.code).toBe('settlement_timeout');
    await expectOstiumClean(system, ostium, deployment);
  });
});

describe('a worker that dies', () => {
  test.each(['stop.before_move', 'stop.after_move'])(
    'at %s of a trail: the stop of the books is the stop on chain',
    async (crashAt) => {
      const doomed = worker;
      const deployment = await system.deploy();
      ostium.control.setPrice('EUR-USD', '1.1', '0.0001');
      const trailing = [{ activatesAtPct: 0, distancePct: 1 }];
      const barriers = { stopLoss: { pct: 2 }, trailing };
      const trade = await system.signal(deployment, { symbol: 'EUR-USD', barriers });
      await trade.untilArmed();
      system.crashAt(crashAt);
      ostium.control.setPrice('EUR-USD', '1.12', '0.0001');
      await doomed.exited;
      worker = await system.startWorker();
      await until('the stop to follow', async () => Number((await trade.details())?.stopPrice) > 1.108);
      ostium.control.setPrice('EUR-USD', '1.105', '0.0001');
      expect((await trade.reaches('closed')).exitReason).toBe('trailing_stop');
      await expectOstiumClean(system, ostium, deployment);
    },
  );
});
