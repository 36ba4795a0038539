import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { amount, sum } from '#domain/money.ts';
import { ordersOf, startOstiumHarness, type OstiumHarness } from '#tests/support/ostium.ts';
import { until } from '#tests/support/trading-system.ts';
import type { TradingAccount } from '#venues/venue.ts';

let harness: OstiumHarness;
let nonce = 1_000;
beforeAll(async () => {
  harness = await startOstiumHarness();
}, 60_000);
afterAll(() => harness?.stop());

const options = () => ({ nonce: (nonce += 1) });
const balanceOf = async ({ accountId }: TradingAccount) =>
  amount((await harness.venue.accounts.account(accountId)).freeMarginUsd);

/** What the fills say the wallet won or lost, carrying costs included. */
async function expectFillsToExplain(
  account: TradingAccount,
  before: ReturnType<typeof amount>,
): Promise<void> {
  const [fills, funding] = await Promise.all([
    harness.venue.accounts.fillsSince(account.accountId, 0),
    harness.venue.accounts.fundingSince(account.accountId, 0),
  ]);
  const values = fills.map(({ side, price, size, feeUsd }) =>
    amount(price)
      .mul(size)
      .mul(side === 'buy' ? -1 : 1)
      .sub(feeUsd),
  );
  const net = sum([...values, ...funding.map(({ amountUsd }) => amountUsd)]);
  expect(
    net
      .sub((await balanceOf(account)).sub(before))
      .abs()
      .toNumber(),
  ).toBeLessThan(1e-6);
}

describe('a trade', () => {
  test('opens with stop and target, closes in part and whole, and its fills explain the USDC', async () => {
    const { venue, sandbox } = harness;
    const { account } = await harness.makeAccount();
    sandbox.control.setPrice('EUR-USD', '1.1', '0.0002');
    const before = await balanceOf(account);
    const orders = ordersOf(venue, await harness.instrument('EUR-USD'));
    const placed = await venue.execution.place(
      account,
      [orders.entry('1000', '1.111'), orders.stop('1000', '1.05'), orders.target('1000', '1.2')],
      'attached',
      { ...options(), leverage: 5 },
    );
    expect(placed).toMatchObject({
      kind: 'confirmed',
      value: [{ status: 'filled', averagePrice: '1.1001' }, { status: 'resting' }, { status: 'resting' }],
    });
    const { positions } = await venue.accounts.account(account.accountId);
    expect(positions).toMatchObject([{ symbol: 'EUR-USD', entryPrice: '1.1001', leverage: 5 }]);
    expect(await venue.accounts.openOrders(account.accountId)).toMatchObject([
      { triggerPrice: '1.05' },
      { triggerPrice: '1.2' },
    ]);
    const size = positions[0]?.size ?? '0';
    const moved = await venue.execution.modify(
      account,
      orders.stop(size, '1.06').clientOrderId,
      orders.stop(size, '1.06'),
      options(),
    );
    expect(moved).toMatchObject({ kind: 'confirmed', value: { status: 'resting', size } });
    sandbox.control.setPrice('EUR-USD', '1.13', '0.0002');
    const half = amount(size).div(2).toFixed(6);
    expect(
      await venue.execution.place(account, [orders.exit(half, '1.1')], 'single', options()),
    ).toMatchObject({
      kind: 'confirmed',
      value: [{ status: 'filled', averagePrice: '1.1299' }],
    });
    const rest = (await venue.accounts.account(account.accountId)).positions[0]?.size ?? '0';
    const closed = await venue.execution.place(account, [orders.exit(rest, '1.1', 1)], 'single', options());
    expect(closed).toMatchObject({ kind: 'confirmed', value: [{ status: 'filled', size: rest }] });
    expect((await venue.accounts.account(account.accountId)).positions).toEqual([]);
    await expectFillsToExplain(account, before);
  });

  test('is closed by its stop, and the fill says so', async () => {
    const { venue, sandbox } = harness;
    const { account } = await harness.makeAccount();
    sandbox.control.setPrice('XAU-USD', '2400', '0.4');
    const before = await balanceOf(account);
    const orders = ordersOf(venue, await harness.instrument('XAU'), 'short');
    const placed = await venue.execution.place(
      account,
      [orders.entry('1', '2380'), orders.stop('1', '2450')],
      'attached',
      { ...options(), leverage: 2 },
    );
    expect(placed).toMatchObject({ kind: 'confirmed', value: [{ status: 'filled' }, { status: 'resting' }] });
    sandbox.control.setPrice('XAU-USD', '2460', '0.4');
    const fills = await until('the stop', async () => {
      const all = await venue.accounts.fillsSince(account.accountId, 0);
      return all.length === 2 && all;
    });
    const stop = placed.kind === 'confirmed' ? placed.value[1] : null;
    expect(fills[1]).toMatchObject({ venueOrderId: stop?.venueOrderId, side: 'buy', liquidation: false });
    await expectFillsToExplain(account, before);
  });
});
