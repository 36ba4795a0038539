import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { RoleProcess } from '#process/role.ts';
import { TEST_MASTER_KEY } from '#tests/support/api.ts';
import { startKillableSystem, type KillableSystem } from '#tests/support/killable-system.ts';
import {
  expectClean,
  until,
  type TestDeployment,
  type TestSignal,
  type TestTrade,
} from '#tests/support/trading-system.ts';
import { readable } from '#tests/replay/readable.ts';
import { openSealedKey } from '#venues/keys/sealed-key.ts';

let system: KillableSystem;
let worker: RoleProcess;

beforeAll(async () => {
  system = await startKillableSystem();
  worker = await system.startWorker();
});
afterAll(() => system?.stop());

const STOP = { stopLoss: { pct: 5 } };
const TOO_MANY = { kind: 'refuse', error: 'Too many cumulative requests sent' } as const;
const TRAIL = { stopLoss: { pct: 5 }, trailing: [{ activatesAtPct: 0.5, distancePct: 1 }] };

interface Watched {
  deployment: TestDeployment;
  trade: TestTrade;
}

async function watched(signal: TestSignal & { symbol: string }, price: number): Promise<Watched> {
  await system.sandbox.setPrice(signal.symbol, price);
  const deployment = await system.deploy();
  const trade = await system.signal(deployment, signal);
  await onWatch(trade);
  return { deployment, trade };
}

const onWatch = (trade: TestTrade) => trade.untilArmed();

/** Ended for this reason, by one entry and one closing order, and with books equal to the venue's. */
async function expectEndBy(reason: string, { deployment, trade }: Watched): Promise<void> {
  const closed = await trade.reaches('closed');
  expect(closed.exitReason).toBe(reason);
  await expectClean(system, deployment);
  const orders = await system.db.order.findMany({ where: { tradeId: closed.id } });
  const filled = orders.filter(({ status }) => status === 'filled').map(({ leg }) => leg);
  expect(filled).toHaveLength(2);
  expect(filled).toContain('entry');
}

/** The price rises with nobody to move the stop after it, then falls through the trail: not as far as the stop. */
async function crossTrail(symbol: string, price: number): Promise<void> {
  for (const factor of [1.05, 1.049, 1.02]) await system.sandbox.setPrice(symbol, price * factor);
}

/** How the price watch does, as the API tells it. */
async function priceWatch() {
  const { body } = await system.call('GET', '/venues');
  return body.items.find(({ venue }: { venue: string }) => venue === 'hyperliquid').watch;
}

/** A worker that has to be started again is no worker that survives. */
const expectSameWorker = async () =>
  expect(await Promise.race([worker.exited, Promise.resolve('runs')])).toBe('runs');

test('Postgres killed: a trail crossed meanwhile closes the trade once', async () => {
  const watch = await watched({ symbol: 'BTC', barriers: TRAIL }, 50_000);
  await system.postgres.kill();
  await crossTrail('BTC', 50_000);
  await system.postgres.start();
  await expectEndBy('trailing_stop', watch);
  await expectSameWorker();
});

test('Postgres killed as a signal is taken: one entry, and a stop under it', async () => {
  await system.sandbox.setPrice('ETH', 3_000);
  const deployment = await system.deploy();
  const trade = await system.signal(deployment, { symbol: 'ETH', barriers: STOP });
  await system.postgres.kill();
  await system.postgres.start();
  await onWatch(trade);
  await system.sandbox.setPrice('ETH', 2_800);
  await expectEndBy('stop_loss', { deployment, trade });
});

test('Postgres killed under a post, which is then repeated: one trade', async () => {
  await system.sandbox.setPrice('SOL', 150);
  const deployment = await system.deploy();
  const post = () =>
    system.call('POST', '/signals', {
      agentId: deployment.agentId,
      instrument: 'SOL',
      side: 'short',
      barriers: STOP,
    });
  const first = post();
  await system.postgres.kill();
  await first;
  await system.postgres.start();
  const taken = await until('the signal to be taken', async () => {
    const answer = await post();
    return answer.status < 300 && answer.body;
  });
  expect(await system.db.signal.count({ where: { agentId: deployment.agentId } })).toBe(1);
  const trade = system.tradeOf(taken.signalId, deployment);
  await onWatch(trade);
  await system.sandbox.setPrice('SOL', 160);
  await expectEndBy('stop_loss', { deployment, trade });
});

test('Temporal killed: a stop and a trail crossed meanwhile end both trades', async () => {
  const stopped = await watched({ symbol: 'AVAX', barriers: STOP }, 40);
  const trailed = await watched({ symbol: 'LINK', barriers: TRAIL }, 20);
  await system.temporalServer.kill();
  await system.sandbox.setPrice('AVAX', 37);
  await crossTrail('LINK', 20);
  await system.temporalServer.start();
  await expectEndBy('stop_loss', stopped);
  await expectEndBy('trailing_stop', trailed);
  await expectSameWorker();
});

test('a closing order sent while Temporal was down, by a worker that died before it could say so, ends the trade', async () => {
  const watch = await watched({ symbol: 'OP', barriers: TRAIL }, 2);
  // Moved after the price, the resident stop would now and then close the position before the watcher does.
  await system.sandbox.control({
    type: 'fault',
    fault: { ...TOO_MANY, action: 'modify', durationMs: 60_000 },
  });
  await system.temporalServer.kill();
  await crossTrail('OP', 2);
  await until('the exit', async () => (await watch.trade.details())?.watch?.status === 'fired');
  await system.sandbox.control({ type: 'clearFaults' });
  process.kill(worker.identity.pid, 'SIGKILL');
  await worker.exited;
  await system.temporalServer.start();
  worker = await system.startWorker();
  await expectEndBy('trailing_stop', watch);
});

test('Temporal killed as a signal is taken: one entry, and a stop under it', async () => {
  await system.sandbox.setPrice('DOGE', 0.2);
  const deployment = await system.deploy();
  const trade = await system.signal(deployment, { symbol: 'DOGE', barriers: STOP });
  await system.temporalServer.kill();
  await system.temporalServer.start();
  await onWatch(trade);
  await system.sandbox.setPrice('DOGE', 0.18);
  await expectEndBy('stop_loss', { deployment, trade });
});

test('the sandbox killed: an open trade is still under its stop, a closing one closes once', async () => {
  const open = await watched({ symbol: 'XRP', barriers: STOP }, 2);
  const closing = await watched({ symbol: 'SUI', barriers: STOP }, 4);
  const { id } = await closing.trade.reaches('open');
  await system.call('POST', `/trades/${id}/close`, {});
  await system.sandbox.kill();
  await until('the watcher to be blind', async () => (await priceWatch()).state === 'blind');
  await system.sandbox.start();
  await until('the watcher to see', async () => (await priceWatch()).state === 'watching');
  await expectEndBy('force_close', closing);
  await system.sandbox.setPrice('XRP', 1.8);
  await expectEndBy('stop_loss', open);
  await expectSameWorker();
});

test('worker and Postgres killed together: a trail crossed meanwhile closes the trade', async () => {
  const watch = await watched({ symbol: 'BNB', barriers: TRAIL }, 600);
  await system.sandbox.setPrice('BNB', 630);
  await until('the stop to follow', async () => Number((await watch.trade.details())?.stopPrice) > 620);
  process.kill(worker.identity.pid, 'SIGKILL');
  await Promise.all([worker.exited, system.postgres.kill()]);
  await system.sandbox.setPrice('BNB', 500);
  await system.postgres.start();
  worker = await system.startWorker();
  await expectEndBy('trailing_stop', watch);
});

test('everything stopped in order and started again: what open trades went through meanwhile counts', async () => {
  const watch = await watched({ symbol: 'ARB', barriers: TRAIL }, 1);
  await worker.stop();
  await system.api.stop();
  await Promise.all([system.sandbox.stop(), system.postgres.stop(), system.temporalServer.stop()]);
  await Promise.all([system.sandbox.start(), system.postgres.start(), system.temporalServer.start()]);
  await system.api.start();
  await crossTrail('ARB', 1);
  worker = await system.startWorker();
  await expectEndBy('trailing_stop', watch);
});

test('no key that signed is in any log or workflow history', async () => {
  const rows = await system.db.tradingKey.findMany();
  const keys = rows.map(
    (row) => openSealedKey([TEST_MASTER_KEY], { ...row, sealed: Uint8Array.from(row.sealed) }).privateKey,
  );
  expect(keys.length).toBeGreaterThan(8);
  const secrets = [TEST_MASTER_KEY.key.toString('hex'), ...keys].map((key) => key.replace(/^0x/, ''));
  const texts = [...readLogs(system.stateDir), ...(await readHistories())];
  for (const { name, text } of texts) {
    const found = secrets.filter((secret) => text.toLowerCase().includes(secret.toLowerCase()));
    expect(found.length, name).toBe(0);
  }
});

interface Text {
  name: string;
  text: string;
}

function readLogs(folder: string): Text[] {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.log'),
  );
  for (const name of ['worker-0', 'api', 'sandbox', 'temporal', 'postgres'])
    expect(files.map((file) => file.split('/').at(-1))).toContain(`${name}.log`);
  return files.map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }));
}

async function readHistories(): Promise<Text[]> {
  const texts: Text[] = [];
  for await (const { workflowId, runId } of system.temporal.workflow.list()) {
    const history = await system.temporal.workflow.getHandle(workflowId, runId).fetchHistory();
    texts.push({ name: workflowId, text: readable(history) });
  }
  expect(texts.filter(({ name }) => name.startsWith('trade')).length).toBeGreaterThan(8);
  return texts;
}
