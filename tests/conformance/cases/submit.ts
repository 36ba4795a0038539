import { expect } from 'vitest';
import { amount, decimalString } from '#domain/money.ts';
import type { ConformanceCase } from '../case.ts';
import { only, refusalCode, type Trader } from '../trader.ts';
import type { OrderRequest } from '#venues/venue.ts';

async function expectRefused(trader: Trader, order: OrderRequest, account = trader.account): Promise<void> {
  const { outcome } = await trader.send([order], { account });
  expect(refusalCode(outcome), JSON.stringify(outcome)).toMatch(/^[a-z_]+$/);
  expect(await trader.fills()).toEqual([]);
  expect(await trader.held()).toBe('0');
}

export const SUBMIT: ConformanceCase[] = [
  {
    id: 'submit-fills',
    what: 'an entry fills, and report, position and fills agree',
    async run(trader) {
      const report = only(await trader.place(trader.entry()));
      expect(report).toMatchObject({ status: 'filled', code: null });
      const held = await trader.held();
      expect(held).toBe(report.filledSize);
      expect(amount(held).div(trader.harness.size).toNumber()).toBeCloseTo(1, 1);
      await trader.expectEnteredOnce();
    },
  },
  {
    id: 'submit-protected',
    what: 'an entry with its stop and target leaves both resting',
    unless: ({ venue }) =>
      venue.capabilities.attachProtection ? null : 'protection is placed after the entry',
    async run(trader) {
      const { size } = trader.harness;
      const reports = await trader.place(trader.entry(), trader.stop(size, 10), trader.target(size, 10));
      expect(reports.map(({ status }) => status)).toEqual(['filled', 'resting', 'resting']);
      const open = await trader.openOrders();
      expect(new Set(open.map(({ triggerPrice }) => Number(triggerPrice)))).toEqual(
        new Set([Number(trader.priceAt(-10)), Number(trader.priceAt(10))]),
      );
      expect(open).toHaveLength(2);
      expect(open.every(({ reduceOnly }) => reduceOnly)).toBe(true);
    },
  },
  {
    id: 'submit-twice',
    what: 'a command sent again under its own nonce makes no second entry',
    async run(trader) {
      const entry = trader.entry();
      const { nonce } = await trader.send([entry]);
      await trader.lookUp(entry);
      const again = await trader.send([entry], { nonce });
      expect(again.outcome.kind).not.toBe('unresolved');
      await trader.expectEnteredOnce();
    },
    unless: ({ noClock }) =>
      noClock === null
        ? null
        : 'the nonce of a transaction is the chain’s; what was noted is looked up first',
  },
  {
    id: 'submit-partial',
    what: 'an entry that finds half its size is over, and says how much it bought',
    fault: 'partial_fill',
    async run(trader) {
      await trader.harness.inject('partial_fill');
      const report = only(await trader.place(trader.entry()));
      const half = decimalString(amount(trader.harness.size).div(2));
      expect(report).toMatchObject({ status: 'canceled', filledSize: half });
      expect(await trader.lookUp(trader.entry())).toMatchObject({ status: 'canceled', filledSize: half });
      expect(await trader.held()).toBe(half);
    },
  },
  {
    id: 'refuse-small',
    what: 'an entry under the minimum is refused with a code',
    run: (trader) => expectRefused(trader, trader.entry({ size: trader.instrument.lot })),
  },
  {
    id: 'refuse-lot',
    what: 'a size that is no whole number of lots is not sent',
    async run(trader) {
      const size = decimalString(amount(trader.harness.size).add(amount(trader.instrument.lot).div(2)));
      const { outcome } = await trader.send([trader.entry({ size })]);
      expect(outcome).toMatchObject({ kind: 'denied', code: 'size_illegal' });
      expect(await trader.held()).toBe('0');
    },
  },
  {
    id: 'refuse-margin',
    what: 'an entry larger than the account can carry is refused with a code',
    run: (trader) =>
      expectRefused(trader, trader.entry({ size: decimalString(amount(trader.harness.size).mul(10_000)) })),
  },
  {
    id: 'refuse-price',
    what: 'an entry whose worst price is far below the market buys nothing',
    run: (trader) => expectRefused(trader, trader.entry({ price: trader.priceAt(-5) })),
  },
  {
    id: 'refuse-key',
    what: 'a key the account has not let in can do nothing',
    async run(trader) {
      const signer = trader.harness.stranger();
      await expectRefused(trader, trader.entry(), { ...trader.account, signer });
      const { accounts } = trader.harness.venue;
      const { accountId } = trader.account;
      expect(await accounts.keyState(accountId, signer.address)).toEqual({ state: 'removed' });
      expect(await accounts.keyState(accountId, trader.account.signer.address)).toMatchObject({
        state: 'approved',
      });
    },
  },
  {
    id: 'refuse-flat-close',
    what: 'a closing order without a position opens none',
    run: (trader) => expectRefused(trader, trader.exit(trader.harness.size)),
  },
];
