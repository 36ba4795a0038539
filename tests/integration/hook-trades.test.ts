import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import type { HookMade } from '#api/schemas/hook.ts';
import { postHook, signedHeaders } from '#tests/support/post-hook.ts';
import {
  until,
  type TestDeployment,
  type TestTrade,
  type TradingSystem,
} from '#tests/support/trading-system.ts';
import { useTradingSystem } from '#tests/support/use-trading-system.ts';

/** Messages that are posted, on real services and a worker of its own: from the door to the trade and its close. */
let system: TradingSystem;
useTradingSystem((started) => {
  system = started;
});

interface Listening {
  hook: HookMade;
  deployment: TestDeployment;
}

/** An agent with one deployment that listens to a new source which is posted to. */
async function listen(kind: HookMade['kind'], followUps: 'ignore' | 'follow' = 'ignore'): Promise<Listening> {
  const deployment = await system.deploy();
  const body = { kind, handle: `desk-${randomUUID().slice(0, 8)}` };
  const { body: hook } = await system.call('POST', '/source-hooks', body);
  const { agentId } = deployment;
  await system.db.agentSource.create({ data: { agentId, sourceAccountId: hook.sourceId, weight: 100 } });
  await system.db.agent.update({ where: { id: agentId }, data: { followUps } });
  return { hook, deployment };
}

function send({ hook }: Listening, call: object, id = `msg_${randomUUID()}`) {
  const body = JSON.stringify(call);
  const headers = hook.secret === null ? {} : signedHeaders(hook.secret, { id, body });
  return postHook(system.app, hook.path, body, headers);
}

async function tradeOn({ deployment }: Listening): Promise<TestTrade> {
  const where = { agentId: deployment.agentId };
  const { id } = await until('a signal', () => system.db.signal.findFirst({ where }));
  return system.tradeOf(id, deployment);
}

const skipCodes = async ({ hook }: Listening) => {
  const rows = await system.db.skippedSignal.findMany({
    where: { message: { sourceAccountId: hook.sourceId } },
  });
  return rows.map(({ code }) => code);
};

test('a signed call becomes one trade with its own exits, leverage and size, however often it comes', async () => {
  system.sandbox.setPrice('ETH', 3_000);
  const listening = await listen('webhook');
  const call = {
    action: 'open',
    instrument: 'ETHUSDT',
    side: 'long',
    stop: 2_900,
    targets: [3_100, '5%'],
    size: { usd: 600 },
  };
  const statuses = [];
  for (let n = 0; n < 3; n += 1) statuses.push((await send(listening, call, 'msg_1')).status);
  expect(statuses).toEqual([202, 200, 200]);
  const trade = await tradeOn(listening);
  const { entryPrice, entrySize, stopPrice } = await trade.reaches('open');
  expect(Number(stopPrice)).toBe(2_900);
  expect(Math.abs(Number(entrySize) * Number(entryPrice) - 600)).toBeLessThan(10);
  expect(await system.db.trade.count({ where: { deploymentId: listening.deployment.deploymentId } })).toBe(1);
});

test('an alert in words is read by the classifier and traded', async () => {
  system.sandbox.setPrice('BTC', 50_000);
  const listening = await listen('tradingview');
  const body = 'BTC long now, stop 48000, target 55000';
  const { status } = await postHook(system.app, listening.hook.path, body, { 'content-type': 'text/plain' });
  expect(status).toBe(202);
  await (await tradeOn(listening)).reaches('open');
});

test('a close in fields closes the trades of an agent that follows, and of no other', async () => {
  system.sandbox.setPrice('SOL', 150);
  const open = { action: 'open', instrument: 'SOL', side: 'short', stop: 160 };
  const follows = await listen('webhook', 'follow');
  const ignores = await listen('webhook');
  for (const each of [follows, ignores]) expect((await send(each, open)).status).toBe(202);
  const [followed, ignored] = await Promise.all([follows, ignores].map(tradeOn));
  await Promise.all([followed?.reaches('open'), ignored?.reaches('open')]);
  // Another instrument, or the other side, is not meant.
  await send(follows, { action: 'close', instrument: 'BTC' });
  await send(follows, { action: 'close', instrument: 'SOL', side: 'long' });
  await until('both reasons', async () => (await skipCodes(follows)).length === 2);
  expect((await followed?.details())?.phase).toBe('open');
  for (const each of [follows, ignores]) await send(each, { action: 'close', instrument: 'SOLUSDT' });
  expect((await followed?.reaches('closed'))?.exitReason).toBe('exit_signal');
  await until('the reason', async () => (await skipCodes(ignores)).includes('follow_up_ignored'));
  expect((await ignored?.details())?.phase).toBe('open');
});
