import { afterAll, beforeAll, expect, test } from 'vitest';
import { findTradeOf } from '#prisma/repositories/trades.ts';
import { recordTradeEvent } from '#prisma/repositories/trade-events.ts';
import { startRoutingRig, type RoutingRig } from '#tests/support/routing-rig.ts';

let rig: RoutingRig;
beforeAll(async () => {
  rig = await startRoutingRig();
  rig.sandboxes.hyperliquid.setPrice('BTC', 50_000);
  await rig.refresh();
});
afterAll(() => rig?.stop());

test('a refusal whose text the database cannot hold ends the entry, and is told but for that', async () => {
  const signal = await rig.signal(await rig.deploy({ hyperliquid: '10000' }), {});
  const { signalId, deploymentId } = signal;
  const error = 'Broken\0 by \ud83d itself';
  rig.sandboxes.hyperliquid.control({
    type: 'fault',
    fault: { kind: 'refuse', action: 'order', error, count: 2 },
  });
  expect(await rig.enter(signal)).toMatchObject({ entry: { outcome: 'refused' } });
  const { id: tradeId, phase, refusal } = await findTradeOf(rig.db, { signalId, deploymentId });
  expect({ phase, text: refusal?.text }).toEqual({
    phase: 'skipped',
    text: expect.stringContaining('Broken\ufffd by \ufffd itself'),
  });
  await recordTradeEvent(rig.db, { tradeId, key: 'k', type: 't', text: error, data: { error } });
  const told = await rig.db.tradeEvent.findFirstOrThrow({ where: { tradeId, key: 'k' } });
  expect(told).toMatchObject({
    text: 'Broken\ufffd by \ufffd itself',
    data: { error: 'Broken\ufffd by \ufffd itself' },
  });
});
