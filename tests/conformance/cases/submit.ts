import { expect } from 'vitest';
import { amount, decimalString } from '#domain/money.ts';
import type { ConformanceCase } from '../case.ts';
import { only, refusalCode, type Desk } from '../desk.ts';
import type { OrderRequest } from '#venues/venue.ts';

async function expectRefused(desk: Desk, order: OrderRequest, account = desk.account): Promise<void> {
  const { outcome } = await desk.send([order], { account });
  expect(refusalCode(outcome), JSON.stringify(outcome)).toMatch(/^[a-z_]+$/);
  expect(await desk.fills()).toEqual([]);
  expect(await desk.held()).toBe('0');
}

export const SUBMIT: ConformanceCase[] = [
  {
    id: 'submit-fills',
    what: 'an entry fills, and report, position and fills agree',
    async run(desk) {
      const report = only(await desk.place(desk.entry()));
      expect(report).toMatchObject({ status: 'filled', code: null });
      const held = await desk.held();
      expect(held).toBe(report.filledSize);
      expect(amount(held).div(desk.harness.size).toNumber()).toBeCloseTo(1, 1);
      await desk.expectEnteredOnce();
    },
  },
  {
    id: 'submit-protected',
    what: 'an entry with its stop and target leaves both resting',
    unless: ({ venue }) =>
      venue.capabilities.attachProtection ? null : 'protection is placed after the entry',
    async run(desk) {
      const { size } = desk.harness;
      const reports = await desk.place(desk.entry(), desk.stop(size, 10), desk.target(size, 10));
      expect(reports.map(({ status }) => status)).toEqual(['filled', 'resting', 'resting']);
      const open = await desk.openOrders();
      expect(new Set(open.map(({ triggerPrice }) => Number(triggerPrice)))).toEqual(
        new Set([Number(desk.priceAt(-10)), Number(desk.priceAt(10))]),
      );
      expect(open).toHaveLength(2);
      expect(open.every(({ reduceOnly }) => reduceOnly)).toBe(true);
    },
  },
  {
    id: 'submit-twice',
    what: 'a command sent again under its own nonce makes no second entry',
    async run(desk) {
      const entry = desk.entry();
      const { nonce } = await desk.send([entry]);
      await desk.lookUp(entry);
      const again = await desk.send([entry], { nonce });
      expect(again.outcome.kind).not.toBe('unresolved');
      await desk.expectEnteredOnce();
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
    async run(desk) {
      await desk.harness.inject('partial_fill');
      const report = only(await desk.place(desk.entry()));
      const half = decimalString(amount(desk.harness.size).div(2));
      expect(report).toMatchObject({ status: 'canceled', filledSize: half });
      expect(await desk.lookUp(desk.entry())).toMatchObject({ status: 'canceled', filledSize: half });
      expect(await desk.held()).toBe(half);
    },
  },
  {
    id: 'refuse-small',
    what: 'an entry under the minimum is refused with a code',
    run: (desk) => expectRefused(desk, desk.entry({ size: desk.instrument.lot })),
  },
  {
    id: 'refuse-lot',
    what: 'a size that is no whole number of lots is not sent',
    async run(desk) {
      const size = decimalString(amount(desk.harness.size).add(amount(desk.instrument.lot).div(2)));
      const { outcome } = await desk.send([desk.entry({ size })]);
      expect(outcome).toMatchObject({ kind: 'denied', code: 'size_illegal' });
      expect(await desk.held()).toBe('0');
    },
  },
  {
    id: 'refuse-margin',
    what: 'an entry larger than the account can carry is refused with a code',
    run: (desk) =>
      expectRefused(desk, desk.entry({ size: decimalString(amount(desk.harness.size).mul(10_000)) })),
  },
  {
    id: 'refuse-price',
    what: 'an entry whose worst price is far below the market buys nothing',
    run: (desk) => expectRefused(desk, desk.entry({ price: desk.priceAt(-5) })),
  },
  {
    id: 'refuse-key',
    what: 'a key the account has not let in can do nothing',
    async run(desk) {
      const signer = desk.harness.stranger();
      await expectRefused(desk, desk.entry(), { ...desk.account, signer });
      const { accounts } = desk.harness.venue;
      const { accountId } = desk.account;
      expect(await accounts.keyState(accountId, signer.address)).toEqual({ state: 'removed' });
      expect(await accounts.keyState(accountId, desk.account.signer.address)).toMatchObject({
        state: 'approved',
      });
    },
  },
  {
    id: 'refuse-flat-close',
    what: 'a closing order without a position opens none',
    run: (desk) => expectRefused(desk, desk.exit(desk.harness.size)),
  },
];
