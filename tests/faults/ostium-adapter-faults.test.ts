import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Instrument } from '#domain/instrument.ts';
import { amount } from '#domain/money.ts';
import { ordersOf, ostiumOptions, startOstiumHarness, type OstiumHarness } from '#tests/support/ostium.ts';
import { until } from '#tests/support/trading-system.ts';
import { TRADING, USDC } from '#venues/ostium/chain/abi.ts';
import type { CommandOptions, TradingAccount, Venue } from '#venues/venue.ts';
import { JsonRpcProvider, type Wallet } from 'ethers';

let harness: OstiumHarness;
let euro: Instrument;
let nonce = 5_000;

beforeAll(async () => {
  harness = await startOstiumHarness();
  harness.sandbox.control.setPrice('EUR-USD', '1.1', '0.0002');
  euro = await harness.instrument('EUR-USD');
}, 60_000);
afterEach(() => harness?.sandbox.control.clearFaults());
afterAll(() => harness?.stop());

/** Options of a command that keeps its note, as the order sender does. */
function noted(): CommandOptions & { notes: string[] } {
  const notes: string[] = [];
  return {
    nonce: (nonce += 1),
    notes,
    note: (reference) => {
      notes.push(reference);
      return Promise.resolve(true);
    },
  };
}

const enter = (venue: Venue, account: TradingAccount, options: CommandOptions = noted()) => {
  const orders = ordersOf(venue, euro);
  const entry = orders.entry('1000', '1.111');
  const placing = venue.execution.place(account, [entry, orders.stop('1000', '1.05')], 'attached', options);
  return { orders, entry, placing };
};

const moneyOf = async ({ accountId }: TradingAccount) =>
  amount((await harness.venue.accounts.account(accountId)).freeMarginUsd).toNumber();

const positionsOf = async ({ accountId }: TradingAccount) =>
  (await harness.venue.accounts.account(accountId)).positions;

/** Sends a transaction of the wallet's owner. */
async function asOwner(owner: Wallet, to: string, data: string): Promise<void> {
  const provider = new JsonRpcProvider(harness.sandbox.rpcUrl);
  const sent = await owner.connect(provider).sendTransaction({ to, data, gasLimit: 500_000n });
  await sent.wait();
  provider.destroy();
}

describe('what the wallet or key may not do is refused before anything is sent', () => {
  test('a node of another chain is never sent anything', async () => {
    const { account } = harness;
    const venue = harness.connect({ network: 'mainnet' });
    const { placing } = enter(venue, account);
    expect(await placing).toMatchObject({ kind: 'denied', code: 'wrong_network' });
    await expect(venue.accounts.account(account.accountId)).rejects.toMatchObject({
      code: 'wrong_network',
      verdict: 'fatal',
    });
  });

  test('a wallet without USDC', async () => {
    const { account } = await harness.makeAccount('0');
    expect(await enter(harness.venue, account).placing).toMatchObject({
      kind: 'rejected',
      code: 'no_margin',
    });
  });

  test('a key without ETH for gas', async () => {
    const { account } = await harness.makeAccount();
    await harness.sandbox.control.fund(account.signer.address, '0', '0');
    expect(await enter(harness.venue, account).placing).toMatchObject({ kind: 'rejected', code: 'no_gas' });
    expect(await moneyOf(account)).toBe(10_000);
  });

  test('a delegate that was revoked', async () => {
    const { account, owner } = await harness.makeAccount();
    await asOwner(owner, harness.sandbox.contracts.trading, TRADING.encodeFunctionData('removeDelegate'));
    expect(await harness.venue.accounts.keyState(account.accountId, account.signer.address)).toEqual({
      state: 'removed',
    });
    expect(await enter(harness.venue, account).placing).toMatchObject({
      kind: 'rejected',
      code: 'wallet_not_approved',
    });
  });

  test('an allowance that was taken back', async () => {
    const { account, owner } = await harness.makeAccount();
    const { usdc, tradingStorage } = harness.sandbox.contracts;
    await asOwner(owner, usdc, USDC.encodeFunctionData('approve', [tradingStorage, 0n]));
    expect(await enter(harness.venue, account).placing).toMatchObject({
      kind: 'rejected',
      code: 'allowance_missing',
    });
  });

  test('a pair that was delisted after routing', async () => {
    const { account } = await harness.makeAccount();
    await harness.sandbox.control.fault({ kind: 'delist', pair: 'EUR-USD' });
    expect(await enter(harness.venue, account).placing).toMatchObject({
      kind: 'rejected',
      code: 'not_tradable',
    });
  });
});

describe('prices', () => {
  test('without the price service nothing is sent, and positions are still told', async () => {
    const { account } = await harness.makeAccount();
    await harness.sandbox.control.fault({ kind: 'pricesDown' });
    expect(await enter(harness.venue, account).placing).toMatchObject({
      kind: 'denied',
      code: 'venue_unavailable',
    });
    expect(await moneyOf(account)).toBe(10_000);
    await expect(harness.venue.market.prices()).rejects.toMatchObject({ code: 'venue_unavailable' });
  });

  test('old prices are not traded on', async () => {
    const { account } = await harness.makeAccount();
    const venue = harness.connect({ timing: { ...ostiumOptions(harness.sandbox).timing, staleMs: 500 } });
    await harness.sandbox.control.fault({ kind: 'pricesStale' });
    const refused = await until('the price to be old', async () => {
      const outcome = await enter(venue, account).placing;
      return outcome.kind === 'rejected' && outcome.code === 'no_price' && outcome;
    });
    expect(refused.text).toContain('EUR-USD');
    const ticks = await venue.market.prices();
    expect(ticks.find(({ symbol }) => symbol === 'EUR-USD')).toBeUndefined();
  });
});

describe('a node that misbehaves', () => {
  test.each([
    { kind: 'rpcGarbage', count: 1_000 },
    { kind: 'rpcNonsense', count: 1_000 },
    { kind: 'rpcStatus', status: 502, count: 1_000 },
  ] as const)('is passed over for the next one: $kind', async (fault) => {
    const { account } = await harness.makeAccount();
    await harness.sandbox.control.fault(fault);
    const alone = await enter(harness.venue, account).placing;
    expect(alone.kind).toBe('denied');
    await expect(positionsOf(account)).rejects.toMatchObject({ verdict: 'retry' });
    await harness.sandbox.control.clearFaults();
    const dead = 'http://127.0.0.1:9/';
    const venue = harness.connect({ rpcUrls: [dead, harness.sandbox.rpcUrl] });
    expect(await enter(venue, account).placing).toMatchObject({ kind: 'confirmed' });
  });

  test('a receipt that comes later than the nonce it used up is waited for', async () => {
    const { account } = await harness.makeAccount();
    await harness.sandbox.control.fault({ kind: 'rpcNull', method: 'eth_getTransactionReceipt', count: 6 });
    const options = noted();
    expect(await enter(harness.venue, account, options).placing).toMatchObject({ kind: 'confirmed' });
    await harness.sandbox.control.fault({ kind: 'rpcNull', method: 'eth_getTransactionReceipt', count: 6 });
    const fence = await harness
      .connect()
      .execution.fence(account, options.nonce, options.notes.at(-1) ?? null);
    expect(fence).toEqual({ kind: 'confirmed', value: 'landed' });
  });

  test('an order whose answer was lost is found by its transaction, and is not sent twice', async () => {
    const { account } = await harness.makeAccount();
    await harness.sandbox.control.fault({ kind: 'rpcLoseAnswer', method: 'eth_sendRawTransaction' });
    const options = noted();
    const { placing, entry } = enter(harness.venue, account, options);
    expect(await placing).toMatchObject({
      kind: 'confirmed',
      value: [{ status: 'filled' }, { status: 'resting' }],
    });
    expect(await positionsOf(account)).toHaveLength(1);
    const successor = harness.connect();
    const reference = options.notes.at(-1) ?? null;
    expect(await successor.execution.fence(account, options.nonce, reference)).toEqual({
      kind: 'confirmed',
      value: 'landed',
    });
    expect(
      await successor.accounts.orderByClientId(account.accountId, entry.clientOrderId, reference),
    ).toMatchObject({ status: 'filled' });
  });

  test('a command that never left is fenced off at once', async () => {
    const fence = await harness.venue.execution.fence(harness.account, (nonce += 1), null);
    expect(fence).toEqual({ kind: 'confirmed', value: 'fenced' });
  });
});

describe('transactions that get stuck', () => {
  const impatient = { ...ostiumQuick(), stuckMs: 300, minedMs: 1_500 };

  test('are sent again with a higher fee, and happen once', async () => {
    const { account } = await harness.makeAccount();
    const venue = harness.connect({ timing: { ...impatient, minedMs: 20_000 } });
    await harness.sandbox.control.fault({ kind: 'stuck', durationMs: 1_200 });
    const options = noted();
    expect(await enter(venue, account, options).placing).toMatchObject({ kind: 'confirmed' });
    expect(options.notes.length).toBeGreaterThan(1);
    expect(await positionsOf(account)).toHaveLength(1);
  });

  test('and are given up are replaced by a no-op of the same nonce, or found to have happened', async () => {
    const { account } = await harness.makeAccount();
    const venue = harness.connect({ timing: impatient });
    await harness.sandbox.control.fault({ kind: 'stuck' });
    const options = noted();
    expect((await enter(venue, account, options).placing).kind).toBe('unresolved');
    const reference = options.notes.at(-1) ?? null;
    const fencing = venue.execution.fence(account, options.nonce, reference);
    await harness.sandbox.control.clearFaults();
    const fence = await fencing;
    expect(fence.kind).toBe('confirmed');
    const isFenced = fence.kind === 'confirmed' && fence.value === 'fenced';
    const settled = await until('the account to settle', async () => {
      const positions = await positionsOf(account);
      return positions.length === (isFenced ? 0 : 1) && { positions };
    });
    expect(settled.positions).toHaveLength(isFenced ? 0 : 1);
    // The key is free again.
    const { account: other } = await harness.makeAccount();
    expect(await enter(venue, other).placing).toMatchObject({ kind: 'confirmed' });
  });
});

describe('a keeper that never answers', () => {
  const hasty = { ...ostiumQuick(), settledMs: 200 };

  test('leaves the order waiting, which is taken back with its whole collateral once its time is up', async () => {
    const { account } = await harness.makeAccount();
    const venue = harness.connect({ timing: hasty });
    await harness.sandbox.control.fault({ kind: 'keeperSilent' });
    const options = noted();
    const { placing, entry } = enter(venue, account, options);
    expect(await placing).toMatchObject({
      kind: 'confirmed',
      value: [{ status: 'resting' }, { status: 'waiting' }],
    });
    expect(await moneyOf(account)).toBeLessThan(9_000);
    const order = { ...entry, reference: options.notes.at(-1) ?? null };
    expect(await venue.execution.settle?.(account, order, noted())).toMatchObject({
      kind: 'confirmed',
      value: { status: 'resting' },
    });
    await harness.sandbox.control.mine(40);
    expect(await venue.execution.settle?.(account, order, noted())).toMatchObject({
      kind: 'confirmed',
      value: { status: 'rejected', code: 'settlement_timeout' },
    });
    expect(await moneyOf(account)).toBe(10_000);
  });
});

describe('blocks that are taken back', () => {
  test('do not lose an order, and fills are told once they are deep enough', async () => {
    const { account } = await harness.makeAccount();
    const venue = harness.connect({ confirmations: 3 });
    const entered = await enter(venue, account).placing;
    expect(entered).toMatchObject({
      kind: 'confirmed',
      value: [{ status: 'filled' }, { status: 'resting' }],
    });
    await harness.sandbox.control.fault({ kind: 'reorg', depth: 2 });
    await harness.sandbox.control.mine(3);
    expect(await positionsOf(account)).toHaveLength(1);
    const fills = await venue.accounts.fillsSince(account.accountId, 0);
    expect(fills).toHaveLength(1);
  });

  test('with a move of the stop in them do not keep the next close from being mined', async () => {
    const { account } = await harness.makeAccount();
    const { timing } = ostiumOptions(harness.sandbox);
    const venue = harness.connect({ timing: { ...timing, minedMs: 2_000 } });
    const { placing, orders } = enter(venue, account);
    await placing;
    await harness.sandbox.control.mine(3);
    const stop = orders.stop('1000', '1.06');
    const moved = await venue.execution.modify(account, stop.clientOrderId, stop, noted());
    expect(moved).toMatchObject({ kind: 'confirmed' });
    await harness.sandbox.control.fault({ kind: 'reorg', depth: 1, drop: true });
    const closed = await venue.execution.place(account, [orders.exit('1000', '1.04')], 'single', noted());
    expect(closed).toMatchObject({ kind: 'confirmed', value: [{ status: 'filled' }] });
  });
});

function ostiumQuick() {
  return { pollMs: 20, pricesMs: 50, settledMs: 5_000 };
}
