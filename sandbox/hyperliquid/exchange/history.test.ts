import { afterEach, beforeEach, expect, it } from 'vitest';
import { TRADER, cloid, limit, openTrader, statusesOf, trigger } from '../testing.ts';
import type { SandboxTrader } from '../testing.ts';

let trader: SandboxTrader;
beforeEach(async () => {
  trader = await openTrader();
});
afterEach(() => trader.close());

const bundle = [
  limit({ b: true, p: '105000', s: '0.01', c: cloid(1) }),
  trigger('sl', { b: false, p: '95000', s: '0.01', c: cloid(2) }),
];

it('keeps nothing until it is asked to', async () => {
  await statusesOf(trader, bundle, 'normalTpsl');
  expect(trader.sandbox.history()).toEqual([]);
});

it('tells every fill, every state of an order, every price, and whose request it was', async () => {
  trader.sandbox.control({ type: 'recordHistory' });
  await statusesOf(trader, bundle, 'normalTpsl');
  trader.sandbox.setPrice('BTC', 94_000);
  const events = trader.sandbox.history();
  const stop = events.filter((event) => event.kind === 'order' && event.cloid === cloid(2));
  expect(stop).toMatchObject([
    { phase: 'armed', triggerPx: '95000.0', tpsl: 'sl', sz: '0.01', signer: TRADER, user: TRADER },
    { phase: 'closed', status: 'filled', filledSz: '0.01', signer: null },
  ]);
  expect(events.filter(({ kind }) => kind === 'fill')).toMatchObject([
    { fill: { cloid: cloid(1) } },
    { fill: { cloid: cloid(2) } },
  ]);
  expect(events.filter(({ kind }) => kind === 'mark')).toMatchObject([{ coin: 'BTC', px: '94000.0' }]);
  expect(events.filter(({ kind }) => kind === 'request')).toMatchObject([
    { action: 'order', outcome: 'answered', cloids: [cloid(1), cloid(2)], user: TRADER },
  ]);
});

it('tells what was asked about an order, and what was told', async () => {
  trader.sandbox.control({ type: 'recordHistory' });
  const ask = () => trader.info.orderStatus({ user: TRADER, oid: cloid(1) });
  await ask();
  trader.sandbox.control({ type: 'fault', fault: { kind: 'http', status: 502, action: 'orderStatus' } });
  await expect(ask()).rejects.toThrow('502');
  expect(trader.sandbox.history()).toMatchObject([
    { action: 'orderStatus', cloids: [cloid(1)], outcome: 'answered', answer: { status: 'unknownOid' } },
    { action: 'orderStatus', cloids: [cloid(1)], outcome: 'unread', answer: 'HTTP 502' },
  ]);
});

it('tells what became of a request that was cut or refused by the line', async () => {
  trader.sandbox.control({ type: 'recordHistory' });
  for (const kind of ['loseRequest', 'loseAnswer'] as const) {
    trader.sandbox.control({ type: 'fault', fault: { kind, action: 'order' } });
    await expect(statusesOf(trader, bundle, 'normalTpsl')).rejects.toThrow(/fetch failed|HTTP request error/);
  }
  trader.sandbox.control({ type: 'fault', fault: { kind: 'http', status: 503, action: 'order' } });
  await expect(statusesOf(trader, bundle, 'normalTpsl')).rejects.toThrow('503');
  expect(trader.sandbox.history().filter(({ kind }) => kind === 'request')).toMatchObject([
    { outcome: 'unread', answer: 'cut' },
    { outcome: 'lost', answer: { type: 'order' } },
    { outcome: 'unread', answer: 'HTTP 503' },
  ]);
});
