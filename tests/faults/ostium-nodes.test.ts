import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Instrument } from '#domain/instrument.ts';
import { amount } from '#domain/money.ts';
import { ordersOf, ostiumOptions, startOstiumHarness, type OstiumHarness } from '#tests/support/ostium.ts';
import type { OstiumOptions } from '#venues/ostium/index.ts';
import type { CommandOptions, TradingAccount, Venue } from '#venues/venue.ts';

let harness: OstiumHarness;
let euro: Instrument;
let nonce = 9_000;

beforeAll(async () => {
  harness = await startOstiumHarness();
  harness.sandbox.control.setPrice('EUR-USD', '1.1', '0.0002');
  euro = await harness.instrument('EUR-USD');
}, 60_000);
afterEach(() => harness?.sandbox.control.clearFaults());
afterAll(() => harness?.stop());

const RECEIPT = 'eth_getTransactionReceipt';
const SEND = 'eth_sendRawTransaction';
const UNTIL_CLEARED = 1_000_000;

/** Options of a command that keeps its notes, as the order sender does. */
function noted(): CommandOptions & { notes: string[] } {
  const notes: string[] = [];
  const note = (reference: string): Promise<boolean> => Promise.resolve(notes.push(reference) > 0);
  return { nonce: (nonce += 1), notes, note };
}

/** A venue that waits a short while only, as a process of its own would be. */
const hasty = (changes: Partial<OstiumOptions> = {}): Venue => {
  const { timing } = ostiumOptions(harness.sandbox);
  return harness.connect({ timing: { ...timing, minedMs: 400, settledMs: 300 }, ...changes });
};

/** A venue that asks the second node where the first one fails. */
const onTwoNodes = (changes: Partial<OstiumOptions> = {}): Venue =>
  harness.connect({ rpcUrls: [harness.sandbox.rpcUrl, `${harness.sandbox.rpcUrl}/1`], ...changes });

function enter(venue: Venue, account: TradingAccount, options: CommandOptions) {
  const orders = ordersOf(venue, euro);
  const entry = orders.entry('1000', '1.111');
  const placing = venue.execution.place(account, [entry, orders.stop('1000', '1.05')], 'attached', options);
  return { orders, entry, placing };
}

const sizeOf = async ({ accountId }: TradingAccount): Promise<string> =>
  (await harness.venue.accounts.account(accountId)).positions[0]?.size ?? '0';

const fillsOf = ({ accountId }: TradingAccount) => harness.venue.accounts.fillsSince(accountId, 0);

describe("a node's null or silence is never a no", () => {
  test('a nonce that is used and has no receipt leaves the entry unresolved, and there is one', async () => {
    const { account } = await harness.makeAccount();
    const venue = hasty();
    await harness.sandbox.control.fault({ kind: 'rpcNull', method: RECEIPT, count: UNTIL_CLEARED });
    const options = noted();
    const { placing, entry } = enter(venue, account, options);
    expect(await placing).toMatchObject({ kind: 'unresolved' });
    const reference = options.notes.at(-1) ?? null;
    const fence = () => hasty().execution.fence(account, options.nonce, reference);
    expect(await fence()).toMatchObject({ kind: 'unresolved' });
    const looking = venue.accounts.orderByClientId(account.accountId, entry.clientOrderId, reference);
    await expect(looking).rejects.toMatchObject({ code: 'venue_behind', verdict: 'retry' });
    await harness.sandbox.control.clearFaults();
    expect(await fence()).toEqual({ kind: 'confirmed', value: 'landed' });
    expect(await fillsOf(account)).toHaveLength(1);
  });

  test('an entry taken by a node that lost its answer is not sent again when the next one knows nothing', async () => {
    const { account } = await harness.makeAccount();
    const venue = onTwoNodes();
    await venue.accounts.account(account.accountId);
    await harness.sandbox.control.fault({ kind: 'rpcLoseAnswer', method: SEND, node: 0 });
    await harness.sandbox.control.fault({
      kind: 'rpcNull',
      method: 'eth_getTransactionByHash',
      node: 1,
      count: UNTIL_CLEARED,
    });
    await harness.sandbox.control.fault({ kind: 'rpcNull', method: RECEIPT, node: 1, count: 3 });
    const options = noted();
    expect(await enter(venue, account, options).placing).toMatchObject({
      kind: 'confirmed',
      value: [{ status: 'filled' }, { status: 'resting' }],
    });
    expect(options.notes).toHaveLength(1);
    expect(await fillsOf(account)).toHaveLength(1);
  });

  test('an order that was taken is not refused for want of a receipt, however the keeper is late', async () => {
    const { account } = await harness.makeAccount();
    const venue = hasty();
    harness.sandbox.control.pauseKeeper();
    const options = noted();
    const { placing, entry } = enter(venue, account, options);
    expect(await placing).toMatchObject({ kind: 'confirmed', value: [{ status: 'resting' }, {}] });
    const order = { ...entry, reference: options.notes.at(-1) ?? null };
    await harness.sandbox.control.fault({ kind: 'rpcNull', method: RECEIPT, count: UNTIL_CLEARED });
    const settling = () => hasty().execution.settle?.(account, order, noted());
    expect(await settling()).toMatchObject({ kind: 'unresolved' });
    await harness.sandbox.control.clearFaults();
    harness.sandbox.control.resumeKeeper();
    await expect.poll(settling).toMatchObject({ kind: 'confirmed', value: { status: 'filled' } });
  });

  test('a part that was sold is not sold again', async () => {
    const { account } = await harness.makeAccount();
    const venue = hasty();
    const { placing, orders } = enter(harness.venue, account, noted());
    await placing;
    const whole = amount(await sizeOf(account));
    await harness.sandbox.control.fault({ kind: 'rpcNull', method: RECEIPT, count: UNTIL_CLEARED });
    const options = noted();
    const part = orders.exit(whole.div(4).toFixed(6), '1.04');
    expect(await venue.execution.place(account, [part], 'single', options)).toMatchObject({
      kind: 'unresolved',
    });
    const reference = options.notes.at(-1) ?? null;
    expect((await hasty().execution.fence(account, options.nonce, reference)).kind).toBe('unresolved');
    await harness.sandbox.control.clearFaults();
    expect(await hasty().execution.fence(account, options.nonce, reference)).toMatchObject({
      value: 'landed',
    });
    const left = async () =>
      amount(await sizeOf(account))
        .div(whole)
        .toFixed(3);
    await expect.poll(left).toBe('0.750');
    // Asked for under another id, by books that have not heard of it.
    const again = orders.exit(part.size, '1.04', 1);
    const unaware = { ...noted(), positionSize: whole.toFixed() };
    const denied = { kind: 'denied', code: 'close_pending' };
    expect(await venue.execution.place(account, [again], 'single', unaware)).toMatchObject(denied);
    expect(await left()).toBe('0.750');
  });
});

describe('two transactions under one nonce', () => {
  test('the one that lost is sent under the next nonce, and both hashes are kept', async () => {
    const { account } = await harness.makeAccount();
    await harness.sandbox.control.mine(20);
    await enter(harness.venue, account, noted()).placing;
    // A process that has seen nothing counts the nonces of some blocks ago; the chain has used that one since.
    const behind = onTwoNodes();
    await harness.sandbox.control.fault({ kind: 'rpcBehind', blocks: 15, node: 0 });
    const options = noted();
    expect(await enter(behind, account, options).placing).toMatchObject({ kind: 'confirmed' });
    expect(options.notes.at(-1)).toMatch(/^0x[0-9a-f]{40}\/\d+:0x[0-9a-f]{64};\d+:0x[0-9a-f]{64}$/);
    await harness.sandbox.control.clearFaults();
    expect(await fillsOf(account)).toHaveLength(2);
  });

  test('a command whose nonce another transaction has used is fenced, whatever receipts say', async () => {
    const { account } = await harness.makeAccount();
    const options = noted();
    await enter(harness.venue, account, options).placing;
    const [, from, used] = /^(0x\w+)\/(\d+):/.exec(options.notes.at(-1) ?? '') ?? [];
    const lost = `${from}/${used}:0x${'ab'.repeat(32)}`;
    expect(await hasty().execution.fence(account, 1, lost)).toEqual({ kind: 'confirmed', value: 'fenced' });
    expect(await fillsOf(account)).toHaveLength(1);
  });
});

describe('a node that refuses a transaction', () => {
  const refuse = (message: string, count: number) =>
    harness.sandbox.control.fault({ kind: 'rpcRefuse', message, method: SEND, count });

  test.each([
    'transaction underpriced',
    'max fee per gas less than block base fee: address 0x01, maxFeePerGas: 1 baseFee: 2',
  ])('for its fee (%s) is offered twice as much under the same nonce', async (message) => {
    const { account } = await harness.makeAccount();
    await refuse(message, 2);
    const options = noted();
    expect(await enter(harness.venue, account, options).placing).toMatchObject({ kind: 'confirmed' });
    expect(options.notes.at(-1)).toMatch(/^0x[0-9a-f]{40}\/\d+:0x[0-9a-f]{64}(,0x[0-9a-f]{64}){2}$/);
    expect(await fillsOf(account)).toHaveLength(1);
  });

  test('for its fee, whatever that is, puts the command off; it never happens once it is fenced', async () => {
    const { account } = await harness.makeAccount();
    await refuse('transaction underpriced', UNTIL_CLEARED);
    const options = noted();
    const denied = { kind: 'denied', code: 'venue_unavailable' };
    expect(await enter(harness.venue, account, options).placing).toMatchObject(denied);
    await harness.sandbox.control.clearFaults();
    const fenced = harness.connect().execution.fence(account, options.nonce, options.notes.at(-1) ?? null);
    expect(await fenced).toEqual({ kind: 'confirmed', value: 'fenced' });
    expect(await enter(harness.venue, account, noted()).placing).toMatchObject({ kind: 'confirmed' });
    expect(await fillsOf(account)).toHaveLength(1);
  });

  test.each(['nonce too high: address 0x01, tx: 7 state: 5', 'txpool is full'])(
    'for what passes (%s) puts the command off',
    async (message) => {
      const { account } = await harness.makeAccount();
      await refuse(message, 1);
      const denied = { kind: 'denied', code: 'venue_unavailable' };
      expect(await enter(harness.venue, account, noted()).placing).toMatchObject(denied);
      expect(await enter(harness.venue, account, noted()).placing).toMatchObject({ kind: 'confirmed' });
      expect(await fillsOf(account)).toHaveLength(1);
    },
  );

  test('as a replacement says nothing of the transaction before it', async () => {
    const { account } = await harness.makeAccount();
    await harness.sandbox.control.fault({ kind: 'stuck' });
    const options = noted();
    const note = async (reference: string): Promise<boolean> => {
      // The first one waits at the node by then.
      if (options.notes.push(reference) === 2)
        await refuse('replacement transaction underpriced', UNTIL_CLEARED);
      return true;
    };
    const { timing } = ostiumOptions(harness.sandbox);
    const impatient = harness.connect({ timing: { ...timing, stuckMs: 100 } });
    const { placing } = enter(impatient, account, { ...options, note });
    await expect.poll(() => options.notes.length, { timeout: 10_000 }).toBeGreaterThan(2);
    await harness.sandbox.control.clearFaults();
    expect(await placing).toMatchObject({ kind: 'confirmed' });
    expect(await fillsOf(account)).toHaveLength(1);
  });
});

describe('a node that is behind', () => {
  test('says nothing of positions, stops and fills, and is not asked to close what it has not seen', async () => {
    const { account } = await harness.makeAccount();
    const venue = onTwoNodes();
    const { placing, orders } = enter(venue, account, noted());
    await placing;
    await harness.sandbox.control.fault({ kind: 'rpcStatus', status: 503, node: 0, count: UNTIL_CLEARED });
    await harness.sandbox.control.fault({ kind: 'rpcBehind', blocks: 50, node: 1 });
    const late = { code: 'venue_behind', verdict: 'retry' };
    const { accounts, execution } = venue;
    await expect(accounts.account(account.accountId)).rejects.toMatchObject(late);
    await expect(accounts.openOrders(account.accountId)).rejects.toMatchObject(late);
    await expect(accounts.fillsSince(account.accountId, 0)).rejects.toMatchObject(late);
    const closing = await execution.place(account, [orders.exit('1000', '1.04')], 'single', noted());
    expect(closing).toMatchObject({ kind: 'denied', code: 'venue_behind' });
    const moving = await execution.place(account, [orders.stop('1000', '1.06')], 'single', noted());
    expect(moving).toMatchObject({ kind: 'denied', code: 'venue_behind' });
    await harness.sandbox.control.clearFaults();
    expect((await accounts.account(account.accountId)).positions).toHaveLength(1);
  });

  test('and is all that a new process knows cannot say that a trade is over', async () => {
    const { account } = await harness.makeAccount();
    await harness.sandbox.control.mine(20);
    const { placing, orders } = enter(harness.venue, account, noted());
    const entered = await placing;
    const entryOrderId = entered.kind === 'confirmed' ? (entered.value[0]?.venueOrderId ?? null) : null;
    const fresh = harness.connect();
    await harness.sandbox.control.fault({ kind: 'rpcBehind', blocks: 15 });
    const about = () => ({ ...noted(), entryOrderId });
    const behind = { kind: 'denied', code: 'venue_behind' };
    const exit = orders.exit('1000', '1.04');
    expect(await fresh.execution.place(account, [exit], 'single', about())).toMatchObject(behind);
    const { clientOrderId } = orders.stop('1000', '1.05');
    expect(await fresh.execution.cancel(account, euro, [clientOrderId], about())).toMatchObject(behind);
    await harness.sandbox.control.clearFaults();
    expect(await fresh.execution.place(account, [exit], 'single', about())).toMatchObject({
      kind: 'confirmed',
    });
    expect(await fresh.execution.place(account, [exit], 'single', about())).toMatchObject({
      kind: 'rejected',
      code: 'no_position',
    });
  });

  test('is passed over for one that is not', async () => {
    const { account } = await harness.makeAccount();
    const venue = onTwoNodes();
    await enter(venue, account, noted()).placing;
    await harness.sandbox.control.fault({ kind: 'rpcBehind', blocks: 50, node: 0 });
    expect((await venue.accounts.account(account.accountId)).positions).toHaveLength(1);
    expect(await venue.accounts.fillsSince(account.accountId, 0)).toHaveLength(1);
  });
});

describe('a close does without everything but the chain', () => {
  const faults = [{ kind: 'pricesDown' }, { kind: 'pricesStale' }, { kind: 'graphDown' }] as const;
  test.each(faults)('$kind', async (fault) => {
    const { account } = await harness.makeAccount();
    const { timing } = ostiumOptions(harness.sandbox);
    // An age that any price has: seconds are all that it is told in.
    const venue = harness.connect({ timing: { ...timing, staleMs: -1 } });
    const { placing, orders } = enter(harness.venue, account, noted());
    await placing;
    await harness.sandbox.control.fault(fault);
    harness.sandbox.control.setPrice('EUR-USD', '1.06', '0.0002');
    const closed = await venue.execution.place(account, [orders.exit('1000', '1.09')], 'single', noted());
    harness.sandbox.control.setPrice('EUR-USD', '1.1', '0.0002');
    // Its fill cannot be read without the subgraph, which names the pair: that is no refusal.
    const unread = { kind: 'unresolved' };
    const filled = { kind: 'confirmed', value: [{ status: 'filled' }] };
    expect(closed).toMatchObject(fault.kind === 'graphDown' ? unread : filled);
    expect(await sizeOf(account)).toBe('0');
  });
});
