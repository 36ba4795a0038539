import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Interface, ZeroAddress } from 'ethers';
import type { InterfaceAbi } from 'ethers';
import { compileContracts } from '#sandbox/ostium/chain/compile.ts';
import deployed from '../fixtures/ostium/abi.json' with { type: 'json' };
import { orderIdOf, OstiumTestVenue, price, TRADING, until, usdc } from '../support/ostium-test-venue.ts';
import type { OpenTerms } from '../support/ostium-test-venue.ts';

let ostium: OstiumTestVenue;
beforeAll(async () => {
  ostium = await OstiumTestVenue.open();
});
afterAll(() => ostium.close());

afterEach(() => ostium.restore());

describe('the interface', () => {
  const signatures = (abi: InterfaceAbi, kind: string): Map<string, string> =>
    new Map(
      new Interface(abi).fragments.flatMap((fragment) =>
        fragment.type === kind ? [[fragment.format('sighash'), fragment.format('minimal')]] : [],
      ),
    );
  // What only administers the deployed contracts, what they have kept from older versions, and the delegation by
  // signature, whose domain is not published.
  const absent =
    /^(initialize|set|unset|_msgSender|done|pause|DELEGATION|DOMAIN|delegatableNonces|is(Done|Paused))/;

  it.each([
    ['trading', 'Trading'],
    ['callbacks', 'Callbacks'],
    ['tradingStorage', 'TradingStorage'],
    ['registry', 'Registry'],
  ] as const)('%s has every function of the deployed one', async (name, source) => {
    const ours = signatures((await compileContracts())[source]!.abi, 'function');
    const theirs = [...signatures(deployed[name], 'function')];
    const missing = theirs.filter(([sighash]) => !ours.has(sighash) && !absent.test(sighash));
    expect(missing).toEqual([]);
    const differing = theirs.filter(
      ([sighash, whole]) => ours.has(sighash) && withoutNames(ours.get(sighash)!) !== withoutNames(whole),
    );
    expect(differing).toEqual([]);
  });

  it.each([
    ['trading', 'Trading', 'event'],
    ['trading', 'Trading', 'error'],
    ['callbacks', 'Callbacks', 'event'],
  ] as const)('%s: each %s of ours that the deployed one knows is the same', async (name, source, kind) => {
    const ours = signatures((await compileContracts())[source]!.abi, kind);
    const theirs = signatures(deployed[name], kind);
    const foreign = [...ours].filter(
      ([sighash, whole]) =>
        theirs.get(sighash) !== undefined && withoutNames(theirs.get(sighash)!) !== withoutNames(whole),
    );
    expect(foreign).toEqual([]);
    expect([...ours.keys()].filter((sighash) => !theirs.has(sighash))).toEqual([]);
  });

  /** Names of parameters are not part of the interface; `indexed` is. */
  function withoutNames(signature: string): string {
    return signature
      .replaceAll(/ (?!indexed|returns|view|pure|error|event)\w+(?=[,)])/g, '')
      .replace(/ (view|pure)/, '');
  }
});

describe('what is refused', () => {
  it.each<[string, OpenTerms]>([
    ['WrongParams', { slippageP: 0 }],
    ['WrongParams', { slippageP: 10_000 }],
    ['WrongParams', { orderType: 1, slippageP: 1 }],
    ['PairNotListed', { pairIndex: 6 }],
    ['PairNotListed', { pairIndex: 99 }],
    ['WrongLeverage', { leverage: 99 }],
    ['WrongLeverage', { leverage: 10_001 }],
    ['AboveMaxAllowedCollateral', { collateral: usdc(100_001) }],
    ['BelowFees', { collateral: usdc('0.1') }],
    ['BelowFees', { collateral: usdc('0.105'), leverage: 10_000 }],
    ['BelowMinLevPos', { collateral: usdc('0.4') }],
    ['WrongTP', { tp: price(100_000) }],
    ['WrongTP', { tp: price(100_001), buy: false }],
    ['WrongSL', { sl: price(100_000) }],
    ['accepted', { tp: price(100_001), sl: price(99_999) }],
  ])('%s: an open with %o', async (error, terms) => {
    expect(await ostium.trader.refusal('openTrade', ...ostium.trader.openArguments(terms))).toBe(error);
  });

  it.each<[string, string, unknown[]]>([
    ['NoTradeFound', 'closeTradeMarket', [0, 0, 10_000, price(1), 100]],
    ['WrongParams', 'closeTradeMarket', [0, 0, 10_001, price(1), 100]],
    ['NoTradeFound', 'updateTp', [0, 0, price(1)]],
    ['NoTradeFound', 'updateSl', [0, 0, price(1)]],
    ['NoLimitFound', 'cancelOpenLimitOrder', [0, 0]],
    ['NoTradeToTimeoutFound', 'openTradeMarketTimeout', [999_999]],
    ['NoDelegate', 'removeDelegate', []],
    ['NullAddr', 'setDelegate', [ZeroAddress]],
    ['NotTradesUpKeep', 'executeAutomationOrder', [0, ZeroAddress, 0, 0, 0]],
  ])('%s: %s', async (error, method, args) => {
    expect(await ostium.trader.refusal(method, ...args)).toBe(error);
  });

  it('barriers of an open trade: too far, and a second closing of it', async () => {
    const { trader } = ostium;
    await ostium.settled(await trader.open());
    expect(await trader.refusal('updateTp', 0, 0, price(190_020))).toBe('WrongTP');
    expect(await trader.refusal('updateSl', 0, 0, price(91_000))).toBe('WrongSL');
    ostium.sandbox.control.pauseKeeper();
    const closing = await trader.close();
    expect(await trader.refusal('closeTradeMarket', 0, 0, 10_000, price(100_000), 100)).toBe(
      'AlreadyMarketClosed',
    );
    expect(await trader.refusal('closeTradeMarketTimeout', closing, false)).toBe('WaitTimeout');
    expect(await ostium.other.refusal('closeTradeMarketTimeout', closing, false)).toBe('NotYourOrder');
    ostium.sandbox.control.resumeKeeper();
    expect(await ostium.settled(closing)).toMatchObject({ name: 'MarketCloseExecutedV2' });
  });
});

describe('settlement', () => {
  it.each<[number, OpenTerms]>([
    [3, { openPrice: price(99_000), slippageP: 50 }],
    [4, { openPrice: price(99_990), tp: price(100_005) }],
    [5, { openPrice: price(100_020), sl: price(100_015) }],
  ])('cancels with reason %i and keeps the price of asking: %o', async (reason, terms) => {
    const before = await ostium.trader.balance();
    const { name, args } = await ostium.settled(await ostium.trader.open(terms));
    expect({ name, reason: args['cancelReason'] }).toEqual({
      name: 'MarketOpenCanceled',
      reason: BigInt(reason),
    });
    expect(before - (await ostium.trader.balance())).toBe(usdc('0.1'));
  });

  it('cancels a closing whose price has run away, and the trade stays', async () => {
    await ostium.settled(await ostium.trader.open());
    const { name, args } = await ostium.settled(await ostium.trader.close(10_000, price(102_000), 100));
    expect({ name, reason: args['cancelReason'] }).toEqual({ name: 'MarketCloseCanceled', reason: 3n });
    expect(await ostium.trader.openTrades()).toBe(1n);
  });

  it('takes profit at the bid once it touches, and not at the price in the middle', async () => {
    await ostium.settled(await ostium.trader.open({ tp: price(101_000) }));
    ostium.sandbox.control.setPrice('BTC-USD', '101009', '20');
    expect(await ostium.trader.openTrades()).toBe(1n);
    ostium.sandbox.control.setPrice('BTC-USD', '101010', '20');
    expect(await ostium.triggered('TakeProfit')).toMatchObject({
      price: `${price(101_000)}`,
      isCancelled: false,
    });
  });

  it('stops a short at the ask that it gaps to', async () => {
    await ostium.settled(await ostium.trader.open({ buy: false, sl: price(101_000) }));
    ostium.sandbox.control.setPrice('BTC-USD', '103000', '20');
    expect(await ostium.triggered('StopLoss')).toMatchObject({
      price: `${price(103_010)}`,
      isCancelled: false,
    });
  });

  it('liquidates where a quarter of the margin at greatest leverage is left', async () => {
    // 100x of 94.9 USDC at 100,010: 25 % left, so down by 0.75 %.
    await ostium.settled(await ostium.trader.open({ leverage: 10_000 }));
    ostium.sandbox.control.setPrice('BTC-USD', '99271', '20');
    expect(await ostium.trader.openTrades()).toBe(1n);
    ostium.sandbox.control.setPrice('BTC-USD', '99269', '20');
    const order = await ostium.triggered('Liquidation');
    expect(order).toMatchObject({ amountSentToTrader: '0', isCancelled: false });
    expect(Number(order['liquidationFee'])).toBeCloseTo(0.25 * 94.9 * 1e6, -1);
  });

  it('opens a stop order when the middle gets there, a limit order when its own price does', async () => {
    const { trader, sandbox } = ostium;
    await trader.send(
      trader.trading,
      'openTrade',
      ...trader.openArguments({ orderType: 2, openPrice: price(100_500) }),
    );
    sandbox.control.setPrice('BTC-USD', '100500', '20');
    expect(await ostium.triggered('Stop')).toMatchObject({ price: `${price(100_510)}`, isCancelled: false });
    await ostium.settled(await trader.close(10_000, price(100_500)));
    await trader.send(
      trader.trading,
      'openTrade',
      ...trader.openArguments({ orderType: 1, openPrice: price(99_000) }),
    );
    sandbox.control.setPrice('BTC-USD', '98990', '20');
    expect(await ostium.triggered('Limit')).toMatchObject({ price: `${price(99_000)}`, isCancelled: false });
  });

  it('cancels an open whose spread alone would cost too much', async () => {
    ostium.sandbox.control.setPrice('BTC-USD', '100000', '2000');
    const order = await ostium.trader.open({ openPrice: price(101_000), leverage: 10_000 });
    const { name, args } = await ostium.settled(order);
    expect({ name, reason: args['cancelReason'] }).toEqual({ name: 'MarketOpenCanceled', reason: 7n });
  });

  it('closes day trades when day trading closes, and opens none from then on', async () => {
    const { trader, sandbox } = ostium;
    const NVDA = 18;
    sandbox.control.setPrice('NVDA-USD', '200', '0.02');
    const terms = { pairIndex: NVDA, openPrice: price(200), leverage: 5_000 };
    await ostium.settled(await trader.open(terms));
    sandbox.control.setDayTradingClosed('NVDA-USD', true);
    expect(await ostium.triggered('CloseDayTrade')).toMatchObject({
      price: `${price('199.99')}`,
      isCancelled: false,
    });
    const { name, args } = await ostium.settled(await trader.open(terms));
    expect({ name, reason: args['cancelReason'] }).toEqual({ name: 'MarketOpenCanceled', reason: 13n });
    sandbox.control.setDayTradingClosed('NVDA-USD', null);
  });

  it('takes collateral in and out at the same size, and lets none out that keeps from liquidation', async () => {
    const { trader } = ostium;
    await ostium.settled(await trader.open());
    await trader.send(trader.trading, 'topUpCollateral', 0, 0, usdc('99.4'));
    const trade = async () => {
      const { collateral, leverage } = await trader.storage.getFunction('getOpenTrade')(trader.address, 0, 0);
      return { collateral, leverage };
    };
    expect(await trade()).toEqual({ collateral: usdc('198.8'), leverage: 500n });
    const before = await trader.balance();
    const out = await trader.send(trader.trading, 'removeCollateral', 0, 0, usdc('149.1'));
    expect(await ostium.settled(orderIdOf(out))).toMatchObject({ name: 'RemoveCollateralExecuted' });
    expect(await trade()).toEqual({ collateral: usdc('49.7'), leverage: 2_000n });
    expect((await trader.balance()) - before).toBe(usdc('149'));
    ostium.sandbox.control.setPrice('BTC-USD', '98000', '20');
    const tooMuch = await trader.send(trader.trading, 'removeCollateral', 0, 0, usdc('30'));
    const { name, args } = await ostium.settled(orderIdOf(tooMuch));
    expect({ name, reason: args['reason'] }).toEqual({ name: 'RemoveCollateralRejected', reason: 10n });
    expect(await trade()).toEqual({ collateral: usdc('49.7'), leverage: 2_000n });
  });

  it('charges rollover by the block', async () => {
    await ostium.settled(await ostium.trader.open());
    await ostium.sandbox.control.mine(1_000);
    const closing = await ostium.trader.close();
    await ostium.settled(closing);
    const query = `{ orders(where: { id: "${closing}" }) { rolloverFee fundingFee } }`;
    // 1e9 / 1e18 of 994 USDC a block.
    const { orders } = await ostium.graph<{ orders: { rolloverFee: string; fundingFee: string }[] }>(query);
    expect(orders).toEqual([{ rolloverFee: expect.stringMatching(/^99\d$/), fundingFee: '0' }]);
  });
});

describe('delegation', () => {
  it('acts with the trader’s money only, hides why it failed, and ends when taken back', async () => {
    const { trader, other, sandbox } = ostium;
    const open = TRADING.encodeFunctionData('openTrade', trader.openArguments());
    expect(await other.refusal('delegatedAction', trader.address, open)).toBe('NotDelegate');
    await trader.send(trader.trading, 'setDelegate', other.address);
    const before = await other.balance();
    await other.send(other.trading, 'delegatedAction', trader.address, open);
    await until('the trade', async () => {
      const count = await trader.openTrades();
      return count === 1n || undefined;
    });
    expect(await other.balance()).toBe(before);
    const refusal = (data: string) => other.refusal('delegatedAction', trader.address, data);
    const bad = TRADING.encodeFunctionData('openTrade', trader.openArguments({ leverage: 1 }));
    expect(await refusal(bad)).toBe('DelegatedActionFailed');
    expect(await refusal(TRADING.encodeFunctionData('removeDelegate'))).toBe('DelegateForbidden');
    expect(await refusal('0x')).toBe('InvalidCallData');
    await sandbox.control.fault({ kind: 'delegateRevoked', trader: trader.address });
    expect(await refusal(open)).toBe('NotDelegate');
  });
});
