import { once } from 'node:events';
import { Wallet } from 'ethers';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { TRADER, cloid, limit, openTrader, statusesOf, trigger } from '../testing.ts';
import type { HyperliquidSandboxOptions } from '../server.ts';
import type { SandboxTrader } from '../testing.ts';

const AGENT_KEY = `0x${'ab'.repeat(32)}`;
const AGENT: `0x${string}` = `0x${new Wallet(AGENT_KEY).address.slice(2).toLowerCase()}`;

let trader: SandboxTrader;
const restart = async (options: HyperliquidSandboxOptions) => {
  await trader.close();
  trader = await openTrader(options);
};
beforeEach(async () => {
  trader = await openTrader();
});
afterEach(() => trader.close());

const buy = (s = '0.01') => limit({ b: true, p: '105000', s });
const positions = async () =>
  (await trader.info.clearinghouseState({ user: TRADER })).assetPositions.map(({ position }) => position.szi);

it('approves no agent a second time, also not one that was replaced', async () => {
  await trader.exchange.approveAgent({ agentAddress: AGENT, agentName: 'bot' });
  const again = () => trader.exchange.approveAgent({ agentAddress: AGENT, agentName: 'bot' });
  await expect(again()).rejects.toThrow('Extra agent already used.');
  await trader.exchange.approveAgent({ agentAddress: `0x${'cd'.repeat(20)}`, agentName: 'bot' });
  await expect(again()).rejects.toThrow('Extra agent already used.');
});

const emptyAndRefill = async () => {
  await trader.exchange.approveAgent({ agentAddress: AGENT });
  trader.sandbox.fund(TRADER, -10_000);
  trader.sandbox.fund(TRADER, 10_000);
  return trader.clientOf(AGENT_KEY);
};

it('prunes the agents of an account that was emptied, if asked to', async () => {
  await restart({ pruneEmpty: true });
  await expect(statusesOf(await emptyAndRefill(), [buy()])).rejects.toThrow('does not exist');
});

it('keeps the agents of an account that was emptied otherwise', async () => {
  expect(await statusesOf(await emptyAndRefill(), [buy()])).toMatchObject([{ filled: {} }]);
});

it('forgets the nonces of pruned agents, and their addresses never', async () => {
  await trader.exchange.approveAgent({ agentAddress: AGENT });
  trader.sandbox.control({ type: 'pruneAgents', address: TRADER });
  await expect(statusesOf(trader.clientOf(AGENT_KEY), [buy()])).rejects.toThrow('does not exist');
  await expect(trader.exchange.approveAgent({ agentAddress: AGENT })).rejects.toThrow(
    'Extra agent already used.',
  );
});

it('takes a winning position away, with the orders that only reduce it', async () => {
  await statusesOf(trader, [buy(), trigger('sl', { b: false, p: '95000', s: '0.01', c: cloid(2) })]);
  trader.sandbox.setPrice('BTC', 110_000);
  trader.sandbox.control({ type: 'deleverage', address: TRADER, coin: 'BTC', size: '0.004' });
  expect(await positions()).toEqual(['0.006']);
  expect(await trader.info.frontendOpenOrders({ user: TRADER })).toMatchObject([{ sz: '0.006' }]);
  trader.sandbox.control({ type: 'deleverage', address: TRADER, coin: 'BTC' });
  expect(await positions()).toEqual([]);
  expect(await trader.info.frontendOpenOrders({ user: TRADER })).toEqual([]);
  const [last] = await trader.info.userFills({ user: TRADER });
  expect(last).toMatchObject({
    dir: 'Auto-Deleveraging',
    px: '110000.0',
    sz: '0.006',
    fee: '0.0',
    side: 'A',
  });
});

it('tells an oracle apart from the mark, and judges the distance of orders by it', async () => {
  trader.sandbox.control({ type: 'setOracle', coin: 'BTC', price: 50_000 });
  const [, contexts] = await trader.info.metaAndAssetCtxs();
  expect(contexts[0]).toMatchObject({ markPx: '100000.0', oraclePx: '50000.0' });
  expect(await statusesOf(trader, [buy()])).toMatchObject([
    { error: 'Order price cannot be more than 80% away from the reference price asset=0' },
  ]);
  trader.sandbox.control({ type: 'setOracle', coin: 'BTC', price: null });
  expect(await statusesOf(trader, [buy()])).toMatchObject([{ filled: {} }]);
});

it('refuses orders of an address whose budget is used up', async () => {
  await restart({ enforceLimits: ['addresses'] });
  trader.sandbox.control({ type: 'setRequests', address: TRADER, requests: 10_000 });
  await expect(statusesOf(trader, [buy()])).rejects.toThrow(
    'Too many cumulative requests sent (10001 > 10000)',
  );
});

it('takes ten WebSockets from an address and ten users on them', async () => {
  await restart({ enforceLimits: ['connections'] });
  const open = () => new WebSocket(trader.sandbox.wsUrl);
  const sockets = Array.from({ length: 10 }, open);
  await Promise.all(sockets.map((socket) => once(socket, 'open')));
  const [refused] = await once(open(), 'error');
  expect(String(refused)).toContain('429');
  const first = sockets[0]!;
  const subscribe = (n: number) => {
    const user = `0x${n.toString(16).padStart(40, '0')}`;
    first.send(JSON.stringify({ method: 'subscribe', subscription: { type: 'orderUpdates', user } }));
  };
  const answers: string[] = [];
  first.on('message', (data: Buffer) => answers.push(data.toString()));
  for (let n = 1; n <= 11; n += 1) subscribe(n);
  await expect.poll(() => answers.length).toBe(11);
  expect(answers.filter((answer) => answer.includes('Cannot track more than 10 total users'))).toHaveLength(
    1,
  );
  for (const socket of sockets) socket.terminate();
});
