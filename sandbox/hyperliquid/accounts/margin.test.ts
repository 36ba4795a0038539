import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BTC, ETH, TRADER, limit, openTrader, statusesOf, trigger } from '../testing.ts';
import type { SandboxTrader } from '../testing.ts';

let trader: SandboxTrader;
beforeEach(async () => {
  trader = await openTrader();
});
afterEach(() => trader.close());

const state = () => trader.info.clearinghouseState({ user: TRADER });

describe('leverage', () => {
  it('decides how much margin a position takes', async () => {
    await trader.exchange.updateLeverage({ asset: BTC, isCross: true, leverage: 2 });
    await statusesOf(trader, [limit({ b: true, p: '105000', s: '0.1' })]);
    expect((await state()).marginSummary).toMatchObject({
      totalMarginUsed: '5000.0',
      totalNtlPos: '10000.0',
    });
    expect((await state()).withdrawable).toBe('4995.5');
    expect(await statusesOf(trader, [limit({ b: true, p: '105000', s: '0.1' })])).toEqual([
      { error: 'Insufficient margin to place order. asset=0' },
    ]);
  });

  it.each([
    [{ asset: BTC, isCross: true, leverage: 41 }, 'Invalid leverage value'],
    [{ asset: 17, isCross: true, leverage: 3 }, 'Cross margin is not allowed for this asset.'],
    [{ asset: 99, isCross: true, leverage: 3 }, 'Invalid asset 99'],
  ])('%o is refused', async (terms, text) => {
    await expect(trader.exchange.updateLeverage(terms)).rejects.toThrow(text);
  });

  it('keeps its mode while a position is open', async () => {
    await statusesOf(trader, [limit({ b: true, p: '105000', s: '0.01' })]);
    await expect(trader.exchange.updateLeverage({ asset: BTC, isCross: false, leverage: 5 })).rejects.toThrow(
      'Cannot switch leverage type with open position.',
    );
  });
});

describe('isolated margin', () => {
  beforeEach(async () => {
    await trader.exchange.updateLeverage({ asset: ETH, isCross: false, leverage: 10 });
    await statusesOf(trader, [limit({ a: ETH, b: true, p: '3150', s: '1' })]);
  });

  it('is set aside from the rest of the account', async () => {
    expect((await state()).assetPositions[0]?.position).toMatchObject({
      leverage: { type: 'isolated', value: 10, rawUsd: '-2700.0' },
      marginUsed: '300.0',
      liquidationPx: '2755.102041',
    });
    expect((await state()).crossMarginSummary.accountValue).toBe('9698.65');
  });

  it('can be added to and taken back down to what the leverage needs', async () => {
    await trader.exchange.updateIsolatedMargin({ asset: ETH, isBuy: true, ntli: 100_000_000 });
    expect((await state()).assetPositions[0]?.position.marginUsed).toBe('400.0');
    await expect(
      trader.exchange.updateIsolatedMargin({ asset: ETH, isBuy: true, ntli: -200_000_000 }),
    ).rejects.toThrow('Insufficient margin');
  });

  it('is all that a liquidation can take', async () => {
    trader.sandbox.setPrice('ETH', 2_700);
    const after = await state();
    expect(after.assetPositions).toEqual([]);
    expect(after.marginSummary.accountValue).toBe('9698.65');
    expect((await trader.info.userFills({ user: TRADER }))[0]).toMatchObject({
      dir: 'Close Long',
      closedPnl: '-300.0',
      liquidation: { method: 'backstop' },
    });
  });
});

describe('cross liquidation', () => {
  beforeEach(async () => {
    await trader.exchange.updateLeverage({ asset: BTC, isCross: true, leverage: 40 });
    await statusesOf(trader, [limit({ b: true, p: '105000', s: '1' })]);
  });

  it('sells into the book while that still leaves something', async () => {
    const before = (await state()).assetPositions[0]!.position.liquidationPx;
    trader.sandbox.setPrice('BTC', Math.floor(Number(before)));
    const after = await state();
    expect(after.assetPositions).toEqual([]);
    expect(Number(after.marginSummary.accountValue)).toBeGreaterThan(0);
    expect((await trader.info.userFills({ user: TRADER }))[0]).toMatchObject({
      liquidation: { method: 'market', liquidatedUser: TRADER },
    });
  });

  it('ends at zero, never below, when the price jumps past all margin', async () => {
    trader.sandbox.setPrice('BTC', 80_000);
    expect((await state()).marginSummary).toMatchObject({ accountValue: '0.0', totalNtlPos: '0.0' });
  });

  it('cancels what was open', async () => {
    await statusesOf(trader, [limit({ b: true, p: '70000', s: '0.001', tif: 'Gtc' })]);
    trader.sandbox.setPrice('BTC', 80_000);
    expect((await trader.info.historicalOrders({ user: TRADER })).map(({ status }) => status)).toContain(
      'liquidatedCanceled',
    );
  });
});

it('longs pay shorts hourly funding at the oracle price', async () => {
  await statusesOf(trader, [limit({ b: true, p: '105000', s: '0.1' })]);
  trader.sandbox.control({ type: 'setFundingRate', coin: 'BTC', rate: '0.0001' });
  trader.sandbox.control({ type: 'payFunding' });
  expect(await trader.info.userFunding({ user: TRADER, startTime: 0 })).toMatchObject([
    { delta: { type: 'funding', coin: 'BTC', usdc: '-1.0', szi: '0.1', fundingRate: '0.0001' } },
  ]);
  expect((await state()).marginSummary.accountValue).toBe('9994.5');
  expect((await state()).assetPositions[0]?.position.cumFunding.sinceOpen).toBe('1.0');
});

it('a fill comes after the funding that was paid before it, all within one millisecond', async () => {
  await statusesOf(trader, [limit({ b: true, p: '105000', s: '0.1' })]);
  await statusesOf(trader, [trigger('sl', { b: false, p: '95000', s: '0.1' })]);
  const clock = vi.spyOn(Date, 'now').mockReturnValue(Date.now());
  trader.sandbox.control({ type: 'payFunding' });
  trader.sandbox.control({ type: 'payFunding' });
  trader.sandbox.setPrice('BTC', 94_000);
  clock.mockRestore();
  const payments = await trader.info.userFunding({ user: TRADER, startTime: 0 });
  const [exit] = await trader.info.userFills({ user: TRADER });
  expect(payments).toHaveLength(2);
  expect(exit?.time).toBeGreaterThan(Math.max(...payments.map(({ time }) => time)));
});

it('withdrawals and transfers leave the margin that positions need', async () => {
  await statusesOf(trader, [limit({ b: true, p: '105000', s: '1' })]);
  const destination = `0x${'cd'.repeat(20)}` as const;
  await expect(trader.exchange.withdraw3({ destination, amount: '9000' })).rejects.toThrow(
    'Insufficient balance for withdrawal.',
  );
  await expect(trader.exchange.usdSend({ destination, amount: '5000' })).rejects.toThrow(
    'Insufficient balance for transfer.',
  );
  await statusesOf(trader, [limit({ b: false, p: '95000', s: '1', r: true })]);
  await trader.exchange.usdSend({ destination, amount: '100' });
  expect((await trader.info.clearinghouseState({ user: destination })).withdrawable).toBe('100.0');
});
