import { setTimeout as delay } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { asId, type AccountId } from '#domain/ids.ts';
import {
  startRoutingHarness,
  type HarnessSignal,
  type RoutingHarness,
} from '#tests/support/routing-harness.ts';
import { accountOf } from '#tests/support/trading-system.ts';

let harness: RoutingHarness;

beforeAll(async () => {
  harness = await startRoutingHarness();
  harness.sandboxes.hyperliquid.setPrice('BTC', 50_000);
  await harness.refresh();
});
afterAll(() => harness?.stop());

/** A signal whose entry dies at a step, tried again once the signal has expired. */
async function lateAfter(step: string): Promise<{ signal: HarnessSignal; answer: unknown }> {
  const deployment = await harness.deploy({ hyperliquid: '10000' });
  const expiresAt = Date.now() + 1_500;
  const signal = await harness.signal(deployment, { expiresAt });
  harness.dieAt.add(step);
  expect(await harness.enter(signal)).toMatchObject({ outcome: 'planned', entry: null, isBegun: true });
  expect(Date.now()).toBeLessThan(expiresAt);
  await delay(expiresAt - Date.now() + 1);
  return { signal, answer: await harness.enter(signal) };
}

const fills = ({ walletAddress }: HarnessSignal): number =>
  accountOf(harness.sandboxes.hyperliquid.state(), walletAddress).fills;

const ordersOf = ({ signalId }: HarnessSignal) =>
  harness.db.order.findMany({ where: { trade: { signalId } } });

test('an entry that had not left when its signal expired is not sent any more', async () => {
  const { signal, answer } = await lateAfter('entry.before_send');
  expect(answer).toMatchObject({ outcome: 'planned', entry: { outcome: 'refused', code: 'stale' } });
  expect(fills(signal)).toBe(0);
  const orders = await ordersOf(signal);
  expect(orders).toHaveLength(2);
  expect(new Set(orders.map(({ status, code }) => `${status} ${code}`))).toEqual(new Set(['rejected stale']));
  expect(await harness.enter(signal)).toMatchObject({ outcome: 'refused', code: 'stale' });
});

test('one that had left is found, and booked', async () => {
  const { signal, answer } = await lateAfter('entry.after_send');
  expect(answer).toMatchObject({ outcome: 'planned', entry: { outcome: 'opened', protected: true } });
  expect(fills(signal)).toBe(1);
});

test('an entry that waits for its signer past the end of its signal is not sent', async () => {
  const deployment = await harness.deploy({ hyperliquid: '10000' });
  const account = {
    ...deployment,
    accountId: asId<AccountId>(deployment.walletAddress),
    venue: 'hyperliquid',
  } as const;
  const session = await harness.execution.openSession(account);
  const fault = { kind: 'delay', action: 'noop', ms: 2_000 } as const;
  harness.sandboxes.hyperliquid.control({ type: 'fault', fault });
  const turn = session.venue.execution.fence(session.account, await session.nextNonce());
  const signal = await harness.signal(deployment, { expiresAt: Date.now() + 1_000 });
  expect(await harness.enter(signal)).toMatchObject({ entry: { outcome: 'refused', code: 'stale' } });
  await turn;
  expect(fills(signal)).toBe(0);
});
