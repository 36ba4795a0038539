import { expect } from 'vitest';
import { amount, decimalString } from '#domain/money.ts';
import type { ConformanceCase } from '../case.ts';
import { only, type Desk } from '../desk.ts';

const halfOf = (held: string, desk: Desk): string =>
  decimalString(amount(held).div(2).div(desk.instrument.lot).floor().mul(desk.instrument.lot));

export const CLOSING: ConformanceCase[] = [
  {
    id: 'close-part',
    what: 'half a position is closed and the other half stays',
    async run(desk) {
      const held = await desk.openPosition();
      const half = halfOf(held, desk);
      expect(only(await desk.place(desk.exit(half)))).toMatchObject({ status: 'filled' });
      expect(
        amount(await desk.held())
          .div(held)
          .toNumber(),
      ).toBeCloseTo(0.5, 2);
    },
  },
  {
    id: 'close-all',
    what: 'a position is closed whole, and the fills explain every cent of the account',
    async run(desk) {
      const held = await desk.openPosition();
      await desk.harness.setPrice(desk.harness.price * 1.005);
      expect(only(await desk.place(desk.exit(held)))).toMatchObject({ status: 'filled' });
      await desk.expectFlat();
      await desk.expectFillsToExplainMoney();
    },
  },
  {
    id: 'close-twice',
    what: 'a second closing order for the same position does not turn it round',
    async run(desk) {
      const held = await desk.openPosition();
      await desk.place(desk.exit(held));
      await desk.send([desk.exit(held, 1)]);
      await desk.expectFlat();
    },
  },
  {
    id: 'close-more',
    what: 'closing more than there is closes what there is',
    async run(desk) {
      const held = await desk.openPosition();
      await desk.send([desk.exit(decimalString(amount(held).mul(2)))]);
      await desk.expectFlat();
    },
  },
];
