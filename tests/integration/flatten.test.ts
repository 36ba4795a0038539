import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { RoleProcess } from '#process/role.ts';
import { asId, type AccountId } from '#domain/ids.ts';
import { startOstiumSandbox, type OstiumSandbox } from '#sandbox/ostium/server.ts';
import { openSealedKey } from '#venues/keys/sealed-key.ts';
import { TEST_MASTER_KEY } from '../support/api.ts';
import { byHand } from '../support/by-hand.ts';
import { commandsOf, type Commands, type CommandRun } from '../support/run-command.ts';
import {
  expectClean,
  startTradingSystem,
  until,
  type TestDeployment,
  type TradingSystem,
} from '../support/trading-system.ts';

let ostium: OstiumSandbox;
let system: TradingSystem;
let worker: RoleProcess;
let commands: Commands;

beforeAll(async () => {
  ostium = await startOstiumSandbox();
  ostium.control.setPrice('EUR-USD', '1.1', '0.0001');
  system = await startTradingSystem({ ostium });
  system.sandbox.setPrice('ETH', 3_000);
  commands = commandsOf(system, await system.app.listen({ host: '127.0.0.1', port: 0 }));
  worker = await system.startWorker();
  await until('the instruments of both venues', async () => {
    const where = { symbol: { in: ['BTC', 'EUR-USD'] } };
    return (await system.db.instrument.count({ where })) >= 2;
  });
}, 90_000);
afterEach(async () => {
  system.sandbox.control({ type: 'clearFaults' });
  const { body } = await system.call('GET', '/brakes?inForce=true');
  for (const { id } of body.items) await system.call('POST', `/brakes/${id}/release`);
});
afterAll(async () => {
  await system?.stop();
  await ostium?.stop();
});

const barriers = { stopLoss: { pct: 5 } };
const report = ({ out }: CommandRun) => JSON.parse(out);

/** Two open trades of one deployment, one at each venue. */
async function openAtBoth() {
  const deployment = await system.deploy();
  const trades = [
    await system.signal(deployment, { symbol: 'BTC', barriers }),
    await system.signal(deployment, { symbol: 'EUR-USD', barriers }),
  ];
  await Promise.all(trades.map((trade) => trade.untilArmed()));
  return { deployment, trades };
}

/** Expects of each trade one fill that opened it and one of its closing order that closed as much. */
async function expectClosedOnce({ deploymentId }: TestDeployment): Promise<void> {
  const trades = await system.db.trade.findMany({
    where: { deploymentId },
    include: { fills: { include: { order: true }, orderBy: { time: 'asc' } } },
  });
  expect(trades).toHaveLength(2);
  for (const { fills } of trades) {
    expect(fills.map(({ order }) => order?.leg)).toEqual(['entry', 'exit']);
    expect(fills[1]?.size.toFixed()).toBe(fills[0]?.size.toFixed());
  }
}

const positionsAt = async (name: string, { walletAddress }: TestDeployment) => {
  const venue = system.deps.venues.find((each) => each.name === name)!;
  return (await venue.accounts.account(asId<AccountId>(walletAddress))).positions;
};

async function keyFileOf({ deploymentId }: TestDeployment, venue: 'hyperliquid' | 'ostium'): Promise<string> {
  const key = await system.db.tradingKey.findFirstOrThrow({ where: { deploymentId, venue, active: true } });
  const sealed = { ...key, sealed: Uint8Array.from(key.sealed) };
  const file = join(system.stateDir, `${deploymentId}-${venue}.key`);
  writeFileSync(file, openSealedKey([TEST_MASTER_KEY], sealed).privateKey, { mode: 0o600 });
  return file;
}

describe('flatten through the API', () => {
  test('closes ours at both venues, leaves what its owner has, and stops entries', async () => {
    const { deployment, trades } = await openAtBoth();
    const hand = await byHand(system, deployment);
    await hand.buy('BTC', '0.01', 52_000);
    await hand.restBuy('ETH', '0.5', 2_000, `0x${'7'.repeat(32)}`);
    expect(await commands.run(['flatten'])).toMatchObject({
      status: 2,
      err: expect.stringMatching(/2 trades to close[^]*nothing was done: say --yes/),
    });
    const run = await commands.run(['flatten', '--yes', '--json', '--reason', 'a drill']);
    expect({ status: run.status, ...report(run) }).toMatchObject({ status: 0, isFlat: true, left: [] });
    expect(report(run).stays).toHaveLength(2);
    for (const trade of trades)
      expect(await trade.reaches('closed')).toMatchObject({ exitReason: 'force_close' });
    expect((await positionsAt('hyperliquid', deployment)).map(({ size }) => Number(size))).toEqual([0.01]);
    expect(await positionsAt('ostium', deployment)).toEqual([]);
    const refused = await system.signal(deployment, { side: 'short', barriers });
    expect((await refused.reaches('skipped')).refusal).toMatchObject({ code: 'entries_braked' });
    const again = await commands.run(['flatten', '--yes', '--json']);
    expect(report(again)).toMatchObject({ isFlat: true, brakeId: report(run).brakeId });
  });

  test('says by its exit status that a position will not close, and ends it when run again', async () => {
    const deployment = await system.deploy();
    const trade = await system.signal(deployment, { barriers });
    await trade.untilArmed();
    system.sandbox.control({
      type: 'fault',
      fault: { kind: 'refuse', error: 'Trading is halted.', action: 'order', durationMs: 600_000 },
    });
    const stuck = await commands.run(['flatten', '--yes', '--json', '--wait', '3']);
    expect(stuck.status).toBe(1);
    expect(report(stuck).left.join()).toMatch(/BTC.*not closed in time.*of ours is open/);
    system.sandbox.control({ type: 'clearFaults' });
    expect((await commands.run(['flatten', '--yes'])).out).toContain('all is flat');
    await trade.reaches('closed');
    await expectClean(system, deployment);
  });
});

describe('flatten straight from the records', () => {
  const direct = (...args: string[]) =>
    commands.run(['flatten', '--direct', '--yes', '--json', ...args], {
      SIGNALMAN_API_URL: 'http://127.0.0.1:9',
    });

  test('closes each position once while workers run', async () => {
    const { deployment, trades } = await openAtBoth();
    const [run] = await Promise.all([direct(), system.call('POST', '/trades/close-all', {})]);
    expect({ status: run.status, err: run.err, ...report(run) }).toMatchObject({ status: 0, isFlat: true });
    for (const trade of trades) await trade.reaches('closed');
    await expectClosedOnce(deployment);
  });

  test('closes without a worker, killed in the middle and run again, and workers settle later', async () => {
    const { deployment, trades } = await openAtBoth();
    await worker.stop();
    const since = Date.now();
    const closings = () =>
      system.sandbox
        .orderLog({ action: 'order', sinceMs: since })
        .filter(({ request }) => JSON.stringify(request).includes('"r":true')).length;
    system.sandbox.control({ type: 'fault', fault: { kind: 'delay', ms: 20_000, action: 'order' } });
    await commands.runAndKill(['flatten', '--direct', '--yes'], async () => closings() > 0);
    const run = await direct();
    expect({ status: run.status, err: run.err, ...report(run) }).toMatchObject({ status: 0, isFlat: true });
    expect(closings()).toBe(1);
    worker = await system.startWorker();
    for (const trade of trades)
      expect(await trade.reaches('closed')).toMatchObject({ exitReason: 'force_close' });
    await expectClosedOnce(deployment);
  });
});

describe('flatten from the venue alone', () => {
  const noDatabase = {
    DATABASE_URL: '',
    SIGNALMAN_API_URL: 'http://127.0.0.1:9',
    SIGNALMAN_STATE_DIR: '/nowhere',
  };

  test('wants to hear that everything is meant, and closes everything', async () => {
    const { deployment, trades } = await openAtBoth();
    await worker.stop();
    const hand = await byHand(system, deployment);
    await hand.sell('ETH', '0.5', 2_700);
    await hand.restBuy('ETH', '0.5', 2_000, `0x${'8'.repeat(32)}`);
    expect((await commands.run(['flatten', '--direct', '--yes'], noDatabase)).err).toContain(
      'no database is known',
    );
    for (const venue of ['hyperliquid', 'ostium'] as const) {
      const args = ['flatten', '--key-file', await keyFileOf(deployment, venue), '--venue', venue];
      args.push('--account', deployment.walletAddress, '--yes', '--json');
      expect(await commands.run(args, noDatabase)).toMatchObject({
        status: 2,
        err: expect.stringContaining('ours cannot be told from the owner'),
      });
      const run = await commands.run([...args, '--everything'], noDatabase);
      expect({ status: run.status, err: run.err, ...report(run) }).toMatchObject({ status: 0, isFlat: true });
      expect(await positionsAt(venue, deployment)).toEqual([]);
    }
    worker = await system.startWorker();
    for (const trade of trades) await trade.reaches('closed');
  });
});
