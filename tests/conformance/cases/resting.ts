import { expect } from 'vitest';
import { until } from '#tests/support/trading-system.ts';
import type { ConformanceCase } from '../case.ts';
import { confirmed, only, type Trader } from '../trader.ts';
import type { OrderRequest, Outcome } from '#venues/venue.ts';

const cancel = (trader: Trader, ...orders: OrderRequest[]): Promise<Outcome<null>> =>
  trader.harness.venue.execution.cancel(
    trader.account,
    trader.instrument,
    orders.map(({ clientOrderId }) => clientOrderId),
    { nonce: trader.harness.nextNonce() },
  );

async function holdWithStop(trader: Trader): Promise<{ held: string; stop: OrderRequest }> {
  const held = await trader.openPosition();
  const stop = trader.stop(held, 10);
  expect(only(await trader.place(stop))).toMatchObject({ status: 'resting' });
  return { held, stop };
}

const triggers = async (trader: Trader): Promise<number[]> =>
  (await trader.openOrders()).map(({ triggerPrice }) => Number(triggerPrice));

export const RESTING: ConformanceCase[] = [
  {
    id: 'modify-in-place',
    what: 'a stop is moved in place: one before, one after, under the same client id',
    async run(trader) {
      const { held, stop } = await holdWithStop(trader);
      const tighter = { ...trader.stop(held, 5), clientOrderId: stop.clientOrderId };
      const moved = await trader.harness.venue.execution.modify(trader.account, stop.clientOrderId, tighter, {
        nonce: trader.harness.nextNonce(),
      });
      expect(confirmed(moved)).toMatchObject({ status: 'resting' });
      expect(await triggers(trader)).toEqual([Number(trader.priceAt(-5))]);
    },
  },
  {
    id: 'modify-gone',
    what: 'a stop whose position is gone cannot be moved into being',
    async run(trader) {
      const { held, stop } = await holdWithStop(trader);
      await trader.place(trader.exit(held));
      await trader.expectFlat();
      const tighter = { ...trader.stop(held, 5), clientOrderId: stop.clientOrderId };
      const moved = await trader.harness.venue.execution.modify(trader.account, stop.clientOrderId, tighter, {
        nonce: trader.harness.nextNonce(),
      });
      expect(['rejected', 'denied']).toContain(moved.kind);
      expect(await trader.openOrders()).toEqual([]);
    },
  },
  {
    id: 'cancel-resting',
    what: 'a cancelled stop is gone, and cancelling it again is no error',
    async run(trader) {
      const { held, stop } = await holdWithStop(trader);
      expect(await cancel(trader, stop)).toEqual({ kind: 'confirmed', value: null });
      expect(await trader.openOrders()).toEqual([]);
      expect(await cancel(trader, stop)).toEqual({ kind: 'confirmed', value: null });
      expect(await trader.held()).toBe(held);
    },
  },
  {
    id: 'cancel-late',
    what: 'a cancel that comes after its stop has filled undoes nothing',
    async run(trader) {
      const { stop } = await holdWithStop(trader);
      await trader.harness.setPrice(trader.harness.price * 0.89);
      await trader.expectFlat();
      expect(await cancel(trader, stop)).toEqual({ kind: 'confirmed', value: null });
      const sold = (await trader.fills()).filter(({ side }) => side === 'sell');
      expect(sold.length).toBeGreaterThan(0);
      await trader.expectFlat();
    },
  },
  {
    id: 'cancel-against-close',
    what: 'a cancel and a closing order at the same time leave neither position nor order',
    async run(trader) {
      const { held, stop } = await holdWithStop(trader);
      const [closed, cancelled] = await Promise.all([trader.send([trader.exit(held)]), cancel(trader, stop)]);
      expect(closed.outcome).toMatchObject({ kind: 'confirmed' });
      expect(cancelled).toEqual({ kind: 'confirmed', value: null });
      await trader.expectFlat();
      expect(await trader.openOrders()).toEqual([]);
    },
  },
  {
    id: 'stop-fires',
    what: 'a resting stop closes the position by itself, and its fill can be told from others',
    async run(trader) {
      const { held } = await holdWithStop(trader);
      const [stop] = await trader.openOrders();
      await trader.harness.setPrice(trader.harness.price * 0.89);
      await trader.expectFlat();
      const fills = await until('the fill of the stop', async () => {
        const sold = (await trader.fills()).filter(({ side }) => side === 'sell');
        return sold.length > 0 && sold;
      });
      expect(fills.map(({ size }) => Number(size)).reduce((a, b) => a + b)).toBeCloseTo(Number(held), 8);
      expect(fills.every(({ venueOrderId }) => venueOrderId === stop?.venueOrderId)).toBe(true);
    },
  },
  {
    id: 'target-fires',
    what: 'a resting target closes the position by itself, and the stop goes with it',
    async run(trader) {
      const { size } = trader.harness;
      await trader.place(trader.entry(), trader.stop(size, 10), trader.target(size, 10));
      await trader.harness.setPrice(trader.harness.price * 1.11);
      await trader.expectFlat();
      expect(await until('no orders', async () => (await trader.openOrders()).length === 0)).toBe(true);
    },
    unless: ({ venue }) => (venue.capabilities.residentTakeProfit ? null : 'targets do not rest there'),
  },
];
