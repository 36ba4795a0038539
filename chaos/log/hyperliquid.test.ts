import { Wallet } from 'ethers';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { clientOrderId } from '#venues/hyperliquid/orders/client-order-id.ts';
import {
  limit,
  openTrader,
  statusesOf,
  TRADER,
  trigger,
  type SandboxTrader,
} from '#sandbox/hyperliquid/testing.ts';
import { hyperliquidEvents, ordersByClientId } from './hyperliquid.ts';
import { nettedLine } from './lines.ts';

const TRADE = 'trade-1';
const AGENT_KEY = `0x${'ab'.repeat(32)}`;
const LINE = nettedLine(TRADER, 'BTC');

let trader: SandboxTrader;
let agent: Pick<SandboxTrader, 'exchange' | 'info'>;
beforeEach(async () => {
  trader = await openTrader();
  await trader.exchange.approveAgent({ agentAddress: `0x${new Wallet(AGENT_KEY).address.slice(2)}` });
  agent = trader.clientOf(AGENT_KEY);
  trader.sandbox.control({ type: 'recordHistory' });
});
afterEach(() => trader.close());

const idOf = (leg: string, revision = 0): `0x${string}` =>
  `0x${clientOrderId(TRADE, leg, 0, revision).slice(2)}`;
const enter = () =>
  statusesOf(
    agent,
    [
      limit({ b: true, p: '105000', s: '0.01', c: idOf('entry') }),
      trigger('sl', { b: false, p: '95000', s: '0.01', c: idOf('stop') }),
    ],
    'normalTpsl',
  );
const read = () =>
  hyperliquidEvents(trader.sandbox.history(), ordersByClientId([TRADE]), new Set<string>([TRADER]));

test('the orders of a trade are known by their client ids, the owner’s by having none of ours', async () => {
  await enter();
  await statusesOf(trader, [limit({ b: true, p: '105000', s: '0.002' })]);
  expect(read().filter(({ kind }) => kind === 'fill')).toMatchObject([
    { line: LINE, tradeId: TRADE, leg: 'entry', side: 'buy', size: '0.01' },
    { line: LINE, tradeId: null, leg: null, size: '0.002' },
  ]);
});

test('a stop rests from the very moment of the entry on, and is gone once it fired', async () => {
  await enter();
  trader.sandbox.setPrice('BTC', 94_000);
  const events = read();
  const stops = events.filter((event) => event.kind === 'stop');
  expect(stops).toMatchObject([
    { tradeId: TRADE, level: '95000.0', size: '0.01' },
    { tradeId: TRADE, size: '0' },
  ]);
  const [entry, closing] = events.filter((event) => event.kind === 'fill');
  expect([stops[0]!.at, stops[1]!.at]).toEqual([entry!.at, closing!.at]);
  expect(closing).toMatchObject({ leg: 'exit', tradeId: TRADE });
});

test('a request tells what became of it', async () => {
  trader.sandbox.control({ type: 'fault', fault: { kind: 'http', status: 503, action: 'order' } });
  await expect(enter()).rejects.toThrow('503');
  trader.sandbox.control({ type: 'fault', fault: { kind: 'refuse', error: 'no', cloid: idOf('entry') } });
  await enter();
  await enter();
  const requests = read().filter((event) => event.kind === 'request');
  expect(requests.map(({ outcome, tradeIds }) => [outcome, tradeIds])).toEqual([
    ['unread', [TRADE]],
    ['refused', [TRADE]],
    ['done', [TRADE]],
  ]);
});

test('a fence is about the orders that were sent under its nonce', () => {
  const sent = {
    kind: 'request',
    at: 1,
    answeredAt: 2,
    signer: null,
    user: null,
    outcome: 'unread',
  } as const;
  const history = [
    { ...sent, action: 'order', cloids: [idOf('entry')], nonce: 7, answer: 'cut' },
    { ...sent, action: 'noop', cloids: [], nonce: 7, answer: 'HTTP 503' },
    { ...sent, action: 'noop', cloids: [], nonce: 8, answer: 'HTTP 503' },
  ];
  const events = hyperliquidEvents(history, ordersByClientId([TRADE]), new Set<string>());
  expect(events).toMatchObject([{ text: 'order: unread, "cut"' }, { tradeIds: [TRADE], outcome: 'unread' }]);
});

test('a question is untold while the venue has the order', async () => {
  const ask = () => trader.info.orderStatus({ user: TRADER, oid: idOf('entry') });
  await ask();
  trader.sandbox.control({ type: 'fault', fault: { kind: 'loseAnswer', action: 'order' } });
  await expect(enter()).rejects.toThrow(/fetch failed|HTTP request error/);
  trader.sandbox.control({ type: 'fault', fault: { kind: 'noStatus' } });
  await ask();
  await ask();
  const requests = read().filter((event) => event.kind === 'request');
  expect(requests.map(({ outcome }) => outcome)).toEqual(['done', 'lost', 'untold', 'done']);
});

test('an order of the owner’s is touched when our key cancels it, not when he does', async () => {
  const rest = () => statusesOf(trader, [limit({ b: true, p: '50000', s: '0.001', tif: 'Gtc' })]);
  await rest();
  const [mine] = await trader.info.openOrders({ user: TRADER });
  await trader.exchange.cancel({ cancels: [{ a: 0, o: mine!.oid }] });
  expect(read().filter(({ kind }) => kind === 'foreign')).toEqual([]);
  await rest();
  const [his] = await trader.info.openOrders({ user: TRADER });
  await agent.exchange.cancel({ cancels: [{ a: 0, o: his!.oid }] });
  expect(read().filter(({ kind }) => kind === 'foreign')).toMatchObject([{ line: LINE }]);
});

test('a stop of ours that the owner’s sale cut to what is left is ours to replace', async () => {
  await enter();
  await statusesOf(trader, [limit({ b: false, p: '95000', s: '0.004' })]);
  const order = trigger('sl', { b: false, p: '96000', s: '0.006', c: idOf('stop') });
  await agent.exchange.batchModify({ modifies: [{ oid: idOf('stop'), order }], a: true });
  expect(read().filter(({ kind }) => kind === 'foreign')).toEqual([]);
});
