import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { clientOrderId } from './client-order-id.ts';

const order = fc.record({
  tradeId: fc.oneof(fc.uuid(), fc.string()),
  leg: fc.constantFrom('entry', 'stop', 'take_profit', 'exit'),
  legNumber: fc.nat({ max: 20 }),
  revision: fc.nat({ max: 200 }),
});
type Order = typeof order extends fc.Arbitrary<infer Value> ? Value : never;

const idOf = ({ tradeId, leg, legNumber, revision }: Order) =>
  clientOrderId(tradeId, leg, legNumber, revision);

test('a client id has the venue’s form and is the same every time', () => {
  fc.assert(
    fc.property(order, (each) => {
      expect(idOf(each)).toMatch(/^0x[0-9a-f]{32}$/);
      expect(idOf(each)).toBe(idOf({ ...each }));
    }),
  );
});

test('different orders have different client ids', () => {
  fc.assert(
    fc.property(order, order, (one, other) => {
      const same = JSON.stringify(one) === JSON.stringify(other);
      expect(idOf(one) === idOf(other)).toBe(same);
    }),
  );
  fc.assert(
    fc.property(order, ({ tradeId, leg, legNumber, revision }) => {
      const near = [
        clientOrderId(tradeId, leg, legNumber, revision),
        clientOrderId(tradeId, leg, legNumber, revision + 1),
        clientOrderId(tradeId, leg, legNumber + 1, revision),
        clientOrderId(`${tradeId}x`, leg, legNumber, revision),
      ];
      expect(new Set(near).size).toBe(near.length);
    }),
  );
});
