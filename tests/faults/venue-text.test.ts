import { afterAll, beforeAll, expect, test } from 'vitest';
import { findTradeOf } from '#prisma/repositories/trades.ts';
import { recordTradeEvent } from '#prisma/repositories/trade-events.ts';
import { startRoutingHarness, type RoutingHarness } from '#tests/support/routing-harness.ts';

let harness: RoutingHarness;
beforeAll(async () => {
  harness = await startRoutingHarness();
  harness.sandboxes.hyperliquid.setPrice('BTC', 50_000);
  await harness.refresh();
});
afterAll(() => harness?.stop());

test('a refusal whose text the database cannot hold ends the entry, and is told but for that', async () => {
  const signal = await harness.signal(await harness.deploy({ hyperliquid: '10000' }), {});
  const { signalId, deploymentId } = signal;
  const error = 'Broken\0 by \ud83d itself';
  harness.sandboxes.hyperliquid.control({
    type: 'fault',
    fault: { kind: 'refuse', action: 'order', error, count: 2 },
  });
  expect(await harness.enter(signal)).toMatchObject({ entry: { outcome: 'refused' } });
  const { id: tradeId, phase, refusal } = await findTradeOf(harness.db, { signalId, deploymentId });
  expect({ phase, text: refusal?.text }).toEqual({
    phase: 'skipped',
    text: expect.stringContaining('Broken\ufffd by \ufffd itself'),
  });
  await recordTradeEvent(harness.db, { tradeId, key: 'k', type: 't', text: error, data: { error } });
  const told = await harness.db.tradeEvent.findFirstOrThrow({ where: { tradeId, key: 'k' } });
  expect(told).toMatchObject({
    text: 'Broken\ufffd by \ufffd itself',
    data: { error: 'Broken\ufffd by \ufffd itself' },
  });
});
