import { afterEach, beforeEach, expect, it } from 'vitest';
import { TRADER, cloid, limit, openDesk, statusesOf, trigger } from '../testing.ts';
import type { TradingDesk } from '../testing.ts';

let desk: TradingDesk;
beforeEach(async () => {
  desk = await openDesk();
});
afterEach(() => desk.close());

const bundle = [
  limit({ b: true, p: '105000', s: '0.01', c: cloid(1) }),
  trigger('sl', { b: false, p: '95000', s: '0.01', c: cloid(2) }),
];

it('keeps nothing until it is asked to', async () => {
  await statusesOf(desk, bundle, 'normalTpsl');
  expect(desk.sandbox.history()).toEqual([]);
});

it('tells every fill, every state of an order, every price, and whose request it was', async () => {
  desk.sandbox.control({ type: 'recordHistory' });
  await statusesOf(desk, bundle, 'normalTpsl');
  desk.sandbox.setPrice('BTC', 94_000);
  const events = desk.sandbox.history();
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
  desk.sandbox.control({ type: 'recordHistory' });
  const ask = () => desk.info.orderStatus({ user: TRADER, oid: cloid(1) });
  await ask();
  desk.sandbox.control({ type: 'fault', fault: { kind: 'http', status: 502, action: 'orderStatus' } });
  await expect(ask()).rejects.toThrow('502');
  expect(desk.sandbox.history()).toMatchObject([
    { action: 'orderStatus', cloids: [cloid(1)], outcome: 'answered', answer: { status: 'unknownOid' } },
    { action: 'orderStatus', cloids: [cloid(1)], outcome: 'unread', answer: 'HTTP 502' },
  ]);
});

it('tells what became of a request that was cut or refused by the line', async () => {
  desk.sandbox.control({ type: 'recordHistory' });
  for (const kind of ['loseRequest', 'loseAnswer'] as const) {
    desk.sandbox.control({ type: 'fault', fault: { kind, action: 'order' } });
    await expect(statusesOf(desk, bundle, 'normalTpsl')).rejects.toThrow(/fetch failed|HTTP request error/);
  }
  desk.sandbox.control({ type: 'fault', fault: { kind: 'http', status: 503, action: 'order' } });
  await expect(statusesOf(desk, bundle, 'normalTpsl')).rejects.toThrow('503');
  expect(desk.sandbox.history().filter(({ kind }) => kind === 'request')).toMatchObject([
    { outcome: 'unread', answer: 'cut' },
    { outcome: 'lost', answer: { type: 'order' } },
    { outcome: 'unread', answer: 'HTTP 503' },
  ]);
});
