import { expect } from 'vitest';
import { until } from '#tests/support/trading-system.ts';
import type { ConformanceCase } from '../case.ts';
import { confirmed, only, type Desk } from '../desk.ts';
import type { OrderRequest, Outcome } from '#venues/venue.ts';

const cancel = (desk: Desk, ...orders: OrderRequest[]): Promise<Outcome<null>> =>
  desk.harness.venue.execution.cancel(
    desk.account,
    desk.instrument,
    orders.map(({ clientOrderId }) => clientOrderId),
    { nonce: desk.harness.nextNonce() },
  );

async function holdWithStop(desk: Desk): Promise<{ held: string; stop: OrderRequest }> {
  const held = await desk.openPosition();
  const stop = desk.stop(held, 10);
  expect(only(await desk.place(stop))).toMatchObject({ status: 'resting' });
  return { held, stop };
}

const triggers = async (desk: Desk): Promise<number[]> =>
  (await desk.openOrders()).map(({ triggerPrice }) => Number(triggerPrice));

export const RESTING: ConformanceCase[] = [
  {
    id: 'modify-in-place',
    what: 'a stop is moved in place: one before, one after, under the same client id',
    async run(desk) {
      const { held, stop } = await holdWithStop(desk);
      const tighter = { ...desk.stop(held, 5), clientOrderId: stop.clientOrderId };
      const moved = await desk.harness.venue.execution.modify(desk.account, stop.clientOrderId, tighter, {
        nonce: desk.harness.nextNonce(),
      });
      expect(confirmed(moved)).toMatchObject({ status: 'resting' });
      expect(await triggers(desk)).toEqual([Number(desk.priceAt(-5))]);
    },
  },
  {
    id: 'modify-gone',
    what: 'a stop whose position is gone cannot be moved into being',
    async run(desk) {
      const { held, stop } = await holdWithStop(desk);
      await desk.place(desk.exit(held));
      await desk.expectFlat();
      const tighter = { ...desk.stop(held, 5), clientOrderId: stop.clientOrderId };
      const moved = await desk.harness.venue.execution.modify(desk.account, stop.clientOrderId, tighter, {
        nonce: desk.harness.nextNonce(),
      });
      expect(['rejected', 'denied']).toContain(moved.kind);
      expect(await desk.openOrders()).toEqual([]);
    },
  },
  {
    id: 'cancel-resting',
    what: 'a cancelled stop is gone, and cancelling it again is no error',
    async run(desk) {
      const { held, stop } = await holdWithStop(desk);
      expect(await cancel(desk, stop)).toEqual({ kind: 'confirmed', value: null });
      expect(await desk.openOrders()).toEqual([]);
      expect(await cancel(desk, stop)).toEqual({ kind: 'confirmed', value: null });
      expect(await desk.held()).toBe(held);
    },
  },
  {
    id: 'cancel-late',
    what: 'a cancel that comes after its stop has filled undoes nothing',
    async run(desk) {
      const { stop } = await holdWithStop(desk);
      await desk.harness.setPrice(desk.harness.price * 0.89);
      await desk.expectFlat();
      expect(await cancel(desk, stop)).toEqual({ kind: 'confirmed', value: null });
      const sold = (await desk.fills()).filter(({ side }) => side === 'sell');
      expect(sold.length).toBeGreaterThan(0);
      await desk.expectFlat();
    },
  },
  {
    id: 'cancel-against-close',
    what: 'a cancel and a closing order at the same time leave neither position nor order',
    async run(desk) {
      const { held, stop } = await holdWithStop(desk);
      const [closed, cancelled] = await Promise.all([desk.send([desk.exit(held)]), cancel(desk, stop)]);
      expect(closed.outcome).toMatchObject({ kind: 'confirmed' });
      expect(cancelled).toEqual({ kind: 'confirmed', value: null });
      await desk.expectFlat();
      expect(await desk.openOrders()).toEqual([]);
    },
  },
  {
    id: 'stop-fires',
    what: 'a resting stop closes the position by itself, and its fill can be told from others',
    async run(desk) {
      const { held } = await holdWithStop(desk);
      const [stop] = await desk.openOrders();
      await desk.harness.setPrice(desk.harness.price * 0.89);
      await desk.expectFlat();
      const fills = await until('the fill of the stop', async () => {
        const sold = (await desk.fills()).filter(({ side }) => side === 'sell');
        return sold.length > 0 && sold;
      });
      expect(fills.map(({ size }) => Number(size)).reduce((a, b) => a + b)).toBeCloseTo(Number(held), 8);
      expect(fills.every(({ venueOrderId }) => venueOrderId === stop?.venueOrderId)).toBe(true);
    },
  },
  {
    id: 'target-fires',
    what: 'a resting target closes the position by itself, and the stop goes with it',
    async run(desk) {
      const { size } = desk.harness;
      await desk.place(desk.entry(), desk.stop(size, 10), desk.target(size, 10));
      await desk.harness.setPrice(desk.harness.price * 1.11);
      await desk.expectFlat();
      expect(await until('no orders', async () => (await desk.openOrders()).length === 0)).toBe(true);
    },
    unless: ({ venue }) => (venue.capabilities.residentTakeProfit ? null : 'targets do not rest there'),
  },
];
