import { SubscriptionClient, WebSocketTransport } from '@nktkas/hyperliquid';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { TRADER, limit, openTrader, statusesOf } from '../testing.ts';
import type { SandboxTrader } from '../testing.ts';

const FRIEND: `0x${string}` = `0x${'ef'.repeat(20)}`;

let trader: SandboxTrader;
beforeEach(async () => {
  trader = await openTrader();
});
afterEach(() => trader.close());

it('lists every movement of money with its fee, the same one at both ends', async () => {
  const { exchange, info } = trader;
  await exchange.usdSend({ destination: FRIEND, amount: '100' });
  await exchange.usdClassTransfer({ amount: '50', toPerp: false });
  await exchange.withdraw3({ destination: TRADER, amount: '25' });
  const sent = { type: 'internalTransfer', usdc: '100.0', user: TRADER, destination: FRIEND, fee: '0.0' };
  const mine = await info.userNonFundingLedgerUpdates({ user: TRADER });
  expect(mine.map(({ delta }) => delta)).toEqual([
    { type: 'deposit', usdc: '10000.0' },
    sent,
    { type: 'accountClassTransfer', usdc: '50.0', toPerp: false },
    { type: 'withdraw', usdc: '25.0', nonce: expect.any(Number), fee: '1.0' },
  ]);
  expect(await info.userNonFundingLedgerUpdates({ user: FRIEND })).toEqual([mine[1]]);
  expect(await info.userNonFundingLedgerUpdates({ user: TRADER, startTime: Date.now() + 1 })).toEqual([]);
});

it('lists a liquidation with what was lost by it', async () => {
  await statusesOf(trader, [limit({ b: true, p: '105000', s: '1.5' })]);
  trader.sandbox.setPrice('BTC', 94_000);
  expect((await trader.info.userNonFundingLedgerUpdates({ user: TRADER })).at(-1)).toMatchObject({
    delta: {
      type: 'liquidation',
      liquidatedNtlPos: '141000.0',
      leverageType: 'Cross',
      liquidatedPositions: [{ coin: 'BTC', szi: '1.5' }],
    },
  });
});

it('streams what it lists, beginning with what there is', async () => {
  const transport = new WebSocketTransport({ url: trader.sandbox.wsUrl, isTestnet: true });
  const streams = new SubscriptionClient({ transport });
  const events: unknown[] = [];
  await streams.userNonFundingLedgerUpdates({ user: TRADER }, (event) => events.push(event));
  trader.sandbox.fund(TRADER, '5');
  const deposit = (usdc: string) => ({ delta: { type: 'deposit', usdc } });
  await expect
    .poll(() => events)
    .toMatchObject([
      { isSnapshot: true, user: TRADER, nonFundingLedgerUpdates: [deposit('10000.0')] },
      { user: TRADER, nonFundingLedgerUpdates: [deposit('5.0')] },
    ]);
  transport.close();
});
