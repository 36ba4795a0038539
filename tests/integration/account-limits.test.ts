import { afterAll, beforeAll, expect, test } from 'vitest';
import { ExchangeClient, HttpTransport } from '@nktkas/hyperliquid';
import { clearinghouseState } from '@nktkas/hyperliquid/api/info';
import { asId, type AccountId } from '#domain/ids.ts';
import { getTrade } from '#prisma/repositories/trades.ts';
import type { SizeModel } from '#domain/sizing.ts';
import { amount, sum } from '#domain/money.ts';
import type { Venue } from '#venues/venue.ts';
import { byHand } from '../support/by-hand.ts';
import {
  startRoutingHarness,
  type HarnessDeployment,
  type RoutingHarness,
} from '../support/routing-harness.ts';

let harness: RoutingHarness;
beforeAll(async () => {
  harness = await startRoutingHarness();
  const { hyperliquid } = harness.sandboxes;
  for (const [coin, price] of Object.entries(PRICES)) hyperliquid.setPrice(coin, price);
  harness.list('hyperliquid', 'BTC', 'ETH', 'SOL');
  await harness.refresh();
});
afterAll(() => harness?.stop());

const PRICES = { BTC: 50_000, ETH: 3_000, SOL: 150 };
const EQUITY = '10000';
const limits = { maxNotionalUsd: '1000000' };
const worth = (notionalUsd: string): SizeModel => ({ mode: 'fixedNotional', notionalUsd });

const enter = async (deployment: HarnessDeployment, symbol: string, notionalUsd: string) =>
  harness.enter(await harness.signal(deployment, { symbol, sizeModel: worth(notionalUsd) }));

const accountIdOf = ({ walletAddress }: HarnessDeployment) => asId<AccountId>(walletAddress);
const venueOf = async (deployment: HarnessDeployment): Promise<Venue> =>
  (
    await harness.execution.openSession({
      ...deployment,
      accountId: accountIdOf(deployment),
      venue: 'hyperliquid',
    })
  ).venue;

/** Value of everything open in the account, as its venue says. */
async function openUsd(deployment: HarnessDeployment): Promise<number> {
  const { accounts } = await venueOf(deployment);
  const { positions } = await accounts.account(accountIdOf(deployment));
  return Math.round(sum(positions.map(({ valueUsd }) => valueUsd)).toNumber());
}

/** What backs each position, in the words of the venue. */
async function marginModes({ walletAddress: user }: HarnessDeployment): Promise<Record<string, string>> {
  const transport = new HttpTransport({ isTestnet: true, apiUrl: harness.sandboxes.hyperliquid.url });
  const { assetPositions } = await clearinghouseState({ transport }, { user });
  return Object.fromEntries(assetPositions.map(({ position }) => [position.coin, position.leverage.type]));
}

test('three signals at a leverage of 1 make no more than the equity', async () => {
  const deployment = await harness.deploy({ hyperliquid: EQUITY }, limits);
  expect(await enter(deployment, 'BTC', '9000')).toMatchObject({
    entry: { outcome: 'opened', size: '0.18' },
  });
  const second = await enter(deployment, 'ETH', '9000');
  expect(second).toMatchObject({ entry: { outcome: 'opened' } });
  expect(await enter(deployment, 'SOL', '9000')).toMatchObject({ code: 'leverage_reached' });
  expect(await openUsd(deployment)).toBeLessThanOrEqual(10_000);
  expect(await openUsd(deployment)).toBeGreaterThan(9_900);
});

test('two signals decided at the same moment do not take the same room', async () => {
  const deployment = await harness.deploy({ hyperliquid: EQUITY }, limits);
  const entered = await Promise.all(['BTC', 'ETH', 'SOL'].map((symbol) => enter(deployment, symbol, '7000')));
  expect(entered.filter(({ outcome }) => outcome === 'planned')).toHaveLength(2);
  expect(entered.filter((each) => 'code' in each && each.code === 'leverage_reached')).toHaveLength(1);
  expect(await openUsd(deployment)).toBeLessThanOrEqual(10_010);
});

test('neither do two deployments of one wallet', async () => {
  const first = await harness.deploy({ hyperliquid: EQUITY }, limits);
  const second = await harness.deploy(
    { hyperliquid: '0' },
    { ...limits, owner: first.owner, keyName: 'second' },
  );
  await Promise.all([enter(first, 'BTC', '8000'), enter(second, 'ETH', '8000')]);
  expect(await enter(second, 'SOL', '8000')).toMatchObject({ code: 'leverage_reached' });
  expect(await openUsd(first)).toBeLessThanOrEqual(10_010);
  expect(await openUsd(first)).toBeGreaterThan(9_900);
});

test("the owner's own positions count", async () => {
  const deployment = await harness.deploy({ hyperliquid: EQUITY }, limits);
  const owner = await byHand({ db: harness.db, sandbox: harness.sandboxes.hyperliquid }, deployment);
  await owner.sell('ETH', '2', 2_900);
  const entered = await enter(deployment, 'BTC', '9000');
  if (entered.outcome !== 'planned' || entered.entry?.outcome !== 'opened') throw new Error('not opened');
  expect(amount(entered.entry.size).mul(PRICES.BTC).toNumber()).toBeLessThanOrEqual(4_000);
});

test('a deployment that may lend opens more than one trade of its own leverage', async () => {
  const deployment = await harness.deploy({ hyperliquid: EQUITY }, { ...limits, maxLeverage: 2 });
  await enter(deployment, 'BTC', '20000');
  await enter(deployment, 'ETH', '20000');
  expect(await openUsd(deployment)).toBeGreaterThan(18_500);
  expect(await openUsd(deployment)).toBeLessThanOrEqual(20_000);
});

test('the margin mode of an instrument is put right before the entry, and asked for once', async () => {
  const deployment = await harness.deploy({ hyperliquid: EQUITY }, limits);
  const owner = await byHand({ db: harness.db, sandbox: harness.sandboxes.hyperliquid }, deployment);
  // Backed by a twentieth of its value, a position is liquidated before a stop 5 % away is reached.
  await owner.margin('ETH', 'isolated', 20);
  for (const symbol of ['ETH', 'BTC'])
    expect(await enter(deployment, symbol, '1000')).toMatchObject({ entry: { outcome: 'opened' } });
  const { accounts } = await venueOf(deployment);
  const asWanted = { isCross: true, leverage: 1 };
  expect(await accounts.marginSetting?.(accountIdOf(deployment), 'ETH')).toEqual(asWanted);
  expect(await marginModes(deployment)).toEqual({ BTC: 'cross', ETH: 'cross' });
});

test('a stop 12 % away at a leverage of 10 is reached before the venue liquidates', async () => {
  const deployment = await harness.deploy({ hyperliquid: '1000' }, { ...limits, maxLeverage: 10 });
  const signal = await harness.signal(deployment, {
    symbol: 'BTC',
    sizeModel: worth('10000'),
    leverage: 10,
    barriers: { stopLoss: { pct: 12 } },
  });
  expect(await harness.enter(signal)).toMatchObject({ entry: { outcome: 'opened', stopPrice: '44000' } });
  const { positions } = await (await venueOf(deployment)).accounts.account(accountIdOf(deployment));
  const [position] = positions;
  expect(Number(position?.liquidationPrice)).toBeLessThan(44_000);
  expect(Number(position?.valueUsd)).toBeGreaterThan(6_500);
});

test('the venue takes the entry of an account that is used to its last cent', async () => {
  const deployment = await harness.deploy({ hyperliquid: '1000' }, { ...limits, maxLeverage: 10 });
  const signal = await harness.signal(deployment, {
    symbol: 'ETH',
    sizeModel: worth('100000'),
    leverage: 10,
    barriers: { stopLoss: { pct: 1 } },
  });
  const entering = harness.enter(signal);
  harness.sandboxes.hyperliquid.setPrice('ETH', PRICES.ETH * 1.005);
  expect(await entering).toMatchObject({ entry: { outcome: 'opened' } });
});

test('a unified account passes the signal on to the next venue at once', async () => {
  const deployment = await harness.deploy({ hyperliquid: EQUITY, ostium: EQUITY }, limits);
  const { owner } = deployment;
  const wallet = { getAddress: async () => owner.address, signTypedData: owner.signTypedData };
  const transport = new HttpTransport({ isTestnet: true, apiUrl: harness.sandboxes.hyperliquid.url });
  await new ExchangeClient({ transport, wallet: wallet as never }).userSetAbstraction({
    user: owner.address,
    abstraction: 'unifiedAccount',
  });
  harness.list('ostium', 'BTC');
  await harness.refresh();
  const signal = await harness.signal(deployment, { symbol: 'BTC', sizeModel: worth('1000') });
  expect(await harness.enter(signal)).toMatchObject({ venue: 'ostium', entry: { outcome: 'opened' } });
  expect((await harness.decision(signal))?.refusals).toMatchObject([
    { venue: 'hyperliquid', code: 'account_mode_unsupported' },
  ]);
});

test('a trade knows what its account pays, and its break-even covers it to the cent', async () => {
  const deployment = await harness.deploy({ hyperliquid: EQUITY }, limits);
  const { walletAddress: address } = deployment;
  const rates = { taker: '0.00028', referralDiscount: '0.04' };
  harness.sandboxes.hyperliquid.control({ type: 'setFeeRates', address, rates });
  const { accounts } = await venueOf(deployment);
  const paid = () => accounts.fees(accountIdOf(deployment), 'SOL').entryBps;
  await expect.poll(paid).toBeCloseTo(2.688, 6);
  const signal = await harness.signal(deployment, {
    symbol: 'SOL',
    sizeModel: worth('3000'),
    barriers: {
      stopLoss: { pct: 5 },
      takeProfits: [{ pct: 10, fraction: 0.5 }],
      breakEven: { afterTakeProfit: 1 },
    },
  });
  const entered = await harness.enter(signal);
  if (entered.outcome !== 'planned' || entered.entry?.outcome !== 'opened') throw new Error('not opened');
  const { plan, barriers } = await getTrade(harness.db, entered.tradeId);
  expect(plan?.fees).toMatchObject({ exitBps: paid(), flatUsd: '0' });
  const { size, price } = entered.entry;
  const breakEven = amount(barriers?.levels.breakEven?.price ?? '0');
  const fills = await accounts.fillsSince(accountIdOf(deployment), 0);
  const entryFeeUsd = sum(fills.map(({ feeUsd }) => feeUsd));
  const exitFeeUsd = breakEven.mul(size).mul(paid()).div(10_000);
  const netUsd = breakEven.sub(price).mul(size).sub(entryFeeUsd).sub(exitFeeUsd).toNumber();
  expect(netUsd).toBeGreaterThanOrEqual(0);
  // The level is rounded to the venue's next price, which is a cent away.
  expect(netUsd).toBeLessThan(amount(size).mul('0.01').toNumber());
});
