import { expect } from 'vitest';
import { amount, decimalString } from '#domain/money.ts';
import type { ConformanceCase } from '../case.ts';
import { only, type Trader } from '../trader.ts';

const halfOf = (held: string, trader: Trader): string =>
  decimalString(amount(held).div(2).div(trader.instrument.lot).floor().mul(trader.instrument.lot));

export const CLOSING: ConformanceCase[] = [
  {
    id: 'close-part',
    what: 'half a position is closed and the other half stays',
    async run(trader) {
      const held = await trader.openPosition();
      const half = halfOf(held, trader);
      expect(only(await trader.place(trader.exit(half)))).toMatchObject({ status: 'filled' });
      expect(
        amount(await trader.held())
          .div(held)
          .toNumber(),
      ).toBeCloseTo(0.5, 2);
    },
  },
  {
    id: 'close-all',
    what: 'a position is closed whole, and the fills explain every cent of the account',
    async run(trader) {
      const held = await trader.openPosition();
      await trader.harness.setPrice(trader.harness.price * 1.005);
      expect(only(await trader.place(trader.exit(held)))).toMatchObject({ status: 'filled' });
      await trader.expectFlat();
      await trader.expectFillsToExplainMoney();
    },
  },
  {
    id: 'close-twice',
    what: 'a second closing order for the same position does not turn it round',
    async run(trader) {
      const held = await trader.openPosition();
      await trader.place(trader.exit(held));
      await trader.send([trader.exit(held, 1)]);
      await trader.expectFlat();
    },
  },
  {
    id: 'close-more',
    what: 'closing more than there is closes what there is',
    async run(trader) {
      const held = await trader.openPosition();
      await trader.send([trader.exit(decimalString(amount(held).mul(2)))]);
      await trader.expectFlat();
    },
  },
];
