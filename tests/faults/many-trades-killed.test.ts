import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RoleProcess } from '#process/role.ts';
import { armGroups, expectOnlyClosed, type ArmedGroups } from '../support/groups.ts';
import { startKillableSystem, type KillableSystem } from '../support/killable-system.ts';
import { until } from '../support/trading-system.ts';

/**
 * How many positions are armed at least. Two thousand take minutes on two cores:
 * `SIGNALMAN_TEST_TRADES=2000 npm run test:integration -- tests/faults/many-trades-killed.test.ts`
 */
const TRADES = Number(process.env['SIGNALMAN_TEST_TRADES'] ?? 80);
/** One position per coin in each deployment. */
const DEPLOYMENTS = Math.ceil(TRADES / 17);
const NEAR = Math.max(1, Math.ceil(DEPLOYMENTS / 10));
const LIMIT_MS = 300_000 + TRADES * 600;

/** The resident stop is far away: only a trail can be crossed. */
const trail = (distancePct: number) => ({
  stopLoss: { pct: 40 },
  trailing: [{ activatesAtPct: 0, distancePct }],
});

let system: KillableSystem;
let worker: RoleProcess;
let armed: ArmedGroups;

beforeAll(async () => {
  system = await startKillableSystem();
  worker = await system.startWorker();
  armed = await armGroups(system, [
    { name: 'near', deployments: NEAR, barriers: trail(2) },
    { name: 'further', deployments: NEAR, barriers: trail(4) },
    { name: 'furthest', deployments: NEAR, barriers: trail(6) },
    { name: 'far', deployments: Math.max(1, DEPLOYMENTS - 3 * NEAR), barriers: trail(25) },
  ]);
  process.stdout.write(`armed: ${armed.positions} positions armed, ${NEAR * 17} crossed in each outage\n`);
}, LIMIT_MS);
afterAll(() => system?.stop());

const killWorker = async () => {
  process.kill(worker.identity.pid, 'SIGKILL');
  await worker.exited;
};

test(
  'the watcher killed: those whose trail was crossed meanwhile close once, the others stay',
  async () => {
    await killWorker();
    for (const factor of [1.015, 0.99]) await armed.price(factor);
    worker = await system.startWorker();
    await expectOnlyClosed(system, armed, 'near', 'trailing_stop');
  },
  LIMIT_MS,
);

test(
  'Temporal killed: the same, by peaks that the watcher before had seen',
  async () => {
    await system.temporalServer.kill();
    await armed.price(0.97);
    await system.temporalServer.start();
    await expectOnlyClosed(system, armed, 'further', 'trailing_stop');
  },
  LIMIT_MS,
);

test(
  'Postgres and the watcher killed: the same',
  async () => {
    await Promise.all([killWorker(), system.postgres.kill()]);
    await armed.price(0.95);
    await system.postgres.start();
    worker = await system.startWorker();
    await expectOnlyClosed(system, armed, 'furthest', 'trailing_stop');
  },
  LIMIT_MS,
);

test(
  'no trade was opened twice, and nobody waits for a trade that has ended',
  async () => {
    const entries = await system.db.order.groupBy({ by: ['tradeId'], where: { leg: 'entry' }, _count: true });
    expect(entries.map(({ _count }) => _count)).toEqual(Array(armed.positions).fill(1));
    await until('the watches of what has ended to be over', async () => {
      const watched = await system.db.watch.count({ where: { status: 'armed' } });
      return watched === (await system.db.trade.count({ where: { phase: 'open' } }));
    });
  },
  LIMIT_MS,
);
