import { expect, test } from 'vitest';
import { asId, type AccountId, type ClientOrderId, type VenueOrderId } from '#domain/ids.ts';
import type { OrderRequest, Outcome, TradingAccount } from '../venue.ts';
import { TRADING } from './chain/abi.ts';
import type { ChainLog, Receipt } from './chain/chain.ts';
import type { OstiumContext } from './orders/context.ts';
import { createExecutionClient } from './orders/execution-client.ts';
import type { OpenTrade } from './accounts/positions.ts';
import { toChain } from './chain/scales.ts';

const TRADER = `0x${'a1'.repeat(20)}`;
const [OURS, HIS] = [7n, 9n];
const instrument = {
  venue: 'ostium',
  symbol: 'EUR-USD',
  venueSymbol: 'EUR-USD',
  venueAssetId: 2,
  priceRule: { kind: 'step', tick: '0.00001' },
  lot: '0.000001',
  minNotionalUsd: '5',
  maxLeverage: 100,
  onlyIsolated: false,
  tradable: true,
} as const;
const trade: OpenTrade = {
  tradeId: OURS,
  pair: { index: 2, instrument, maxLeverage: 100 },
  index: 0,
  isLong: true,
  collateral: toChain('1000', 'usdc'),
  leverage: toChain('1', 'leverage'),
  openPrice: toChain('1.1', 'price'),
  notional: toChain('900', 'price'),
  stop: toChain('1.05', 'price'),
  takeProfit: 0n,
};
const account: TradingAccount = {
  accountId: asId<AccountId>(TRADER),
  signer: { address: `0x${'b2'.repeat(20)}`, signTypedData: unused, signTransaction: unused },
};
const options = { nonce: 1, entryOrderId: asId<VenueOrderId>(OURS.toString()) };

function unused(): never {
  throw new Error('nothing is signed here');
}

/** A chain on which every transaction finds the trade of another in the slot. */
function afterReuse(event: string, values: readonly unknown[]) {
  const log: ChainLog = {
    ...TRADING.encodeEventLog(event, values),
    address: TRADER,
    blockNumber: 3,
    transactionHash: '0x',
    logIndex: 0,
  };
  const receipt: Receipt = { transactionHash: '0x', blockNumber: 3, succeeded: true, logs: [log] };
  return executionOn({ kind: 'confirmed', value: receipt }, HIS);
}

/** A chain on which every transaction reverts, after which this trade is in the slot. */
const afterRevert = (held: bigint | null) =>
  executionOn({ kind: 'rejected', code: 'reverted', text: 'mined and reverted' }, held);

function executionOn(mined: Outcome<Receipt>, held: bigint | null) {
  const context = {
    chain: { contracts: { trading: TRADER } },
    positions: { open: async () => [trade], idAt: async () => held },
    prices: { latest: async () => new Map(), lastKnown: () => null },
    transactions: { send: async () => mined },
    timing: { staleMs: 60_000, closePriceMs: 10 },
  };
  // oxlint-disable-next-line no-unsafe-type-assertion -- what is left out is not used
  return createExecutionClient(context as unknown as OstiumContext);
}

const order = (leg: string, kind: OrderRequest['kind']): OrderRequest => ({
  clientOrderId: asId<ClientOrderId>(`t/${leg}/0/0`),
  instrument,
  side: 'sell',
  kind,
  size: '900',
  price: '1.08',
  triggerPrice: kind === 'ioc' ? null : '1.08',
  reduceOnly: true,
});

const wrong = { kind: 'rejected', code: 'wrong_trade', text: expect.stringMatching(/trade 7 .*trade 9/) };
const moved = (event: string) => afterReuse(event, [HIS, TRADER, 2, 0, toChain('1.08', 'price')]);

test.each([
  ['stop', 'SlUpdated', 'stop_trigger'],
  ['take_profit', 'TpUpdated', 'take_profit_trigger'],
] as const)(
  'a %s that was moved on the trade that took the place of ours is not ours',
  async (leg, event, kind) => {
    const execution = moved(event);
    const wanted = order(leg, kind);
    expect(await execution.place(account, [wanted], 'single', options)).toMatchObject(wrong);
    expect(await execution.modify(account, wanted.clientOrderId, wanted, options)).toMatchObject(wrong);
  },
);

test('a stop that was taken from the trade that took the place of ours is not ours', async () => {
  const { clientOrderId } = order('stop', 'stop_trigger');
  expect(await moved('SlUpdated').cancel(account, instrument, [clientOrderId], options)).toMatchObject(wrong);
});

test('a close that found another trade in the place of ours has closed nothing of ours', async () => {
  const execution = afterReuse('MarketCloseOrderInitiatedV2', [11n, HIS, TRADER, 2, 10_000]);
  expect(await execution.place(account, [order('exit', 'ioc')], 'single', options)).toMatchObject(wrong);
});

test.each([
  ['of nobody', null],
  ['of another', HIS],
])('a transaction that reverted because the trade had ended, in a slot %s now', async (_what, held) => {
  const execution = afterRevert(held);
  const ended = { kind: 'rejected', code: 'no_position' };
  const stop = order('stop', 'stop_trigger');
  expect(await execution.place(account, [order('exit', 'ioc')], 'single', options)).toMatchObject(ended);
  expect(await execution.place(account, [stop], 'single', options)).toMatchObject(ended);
  expect(await execution.modify(account, stop.clientOrderId, stop, options)).toMatchObject(ended);
  const cancelled = await execution.cancel(account, instrument, [stop.clientOrderId], options);
  expect(cancelled).toEqual({ kind: 'confirmed', value: null });
});

test('a transaction that reverted while the trade is open is told as it is', async () => {
  const reverted = { kind: 'rejected', code: 'reverted' };
  const execution = afterRevert(OURS);
  const { clientOrderId } = order('stop', 'stop_trigger');
  expect(await execution.place(account, [order('exit', 'ioc')], 'single', options)).toMatchObject(reverted);
  expect(await execution.cancel(account, instrument, [clientOrderId], options)).toMatchObject(reverted);
});
