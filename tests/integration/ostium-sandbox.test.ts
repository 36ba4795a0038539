import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { Interface, ZeroAddress } from 'ethers';
import type { InterfaceAbi } from 'ethers';
import { compileContracts } from '#sandbox/ostium/compile.ts';
import deployed from '../fixtures/ostium/abi.json' with { type: 'json' };
import { orderIdOf, OstiumDesk, price, TRADING, until, usdc } from '../support/ostium-desk.ts';
import type { OpenTerms } from '../support/ostium-desk.ts';

let desk: OstiumDesk;
beforeAll(async () => {
  desk = await OstiumDesk.open();
});
afterAll(() => desk.close());

afterEach(async () => {
  await desk.restore();
  await expectNothingMissing();
});

/** Between trades the venue holds its own fees and nothing else. */
async function expectNothingMissing(): Promise<void> {
  const { interfaces, tradingStorage } = await ownInterfaces();
  const data = interfaces.encodeFunctionData('devFees');
  const fees = BigInt(await desk.provider.call({ to: tradingStorage, data }));
  expect(await desk.trader.usdc.getFunction('balanceOf')(tradingStorage)).toBe(fees);
}

async function ownInterfaces() {
  const { TradingStorage } = await compileContracts();
  return {
    interfaces: new Interface(TradingStorage!.abi),
    tradingStorage: desk.sandbox.contracts.tradingStorage,
  };
}

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
    expect(await desk.trader.refusal('openTrade', ...desk.trader.openArguments(terms))).toBe(error);
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
    expect(await desk.trader.refusal(method, ...args)).toBe(error);
  });

  it('barriers of an open trade: too far, and a second closing of it', async () => {
    const { trader } = desk;
    await desk.settled(await trader.open());
    expect(await trader.refusal('updateTp', 0, 0, price(190_020))).toBe('WrongTP');
    expect(await trader.refusal('updateSl', 0, 0, price(91_000))).toBe('WrongSL');
    desk.sandbox.control.pauseKeeper();
    const closing = await trader.close();
    expect(await trader.refusal('closeTradeMarket', 0, 0, 10_000, price(100_000), 100)).toBe(
      'AlreadyMarketClosed',
    );
    expect(await trader.refusal('closeTradeMarketTimeout', closing, false)).toBe('WaitTimeout');
    expect(await desk.other.refusal('closeTradeMarketTimeout', closing, false)).toBe('NotYourOrder');
    desk.sandbox.control.resumeKeeper();
    expect(await desk.settled(closing)).toMatchObject({ name: 'MarketCloseExecutedV2' });
  });
});

describe('settlement', () => {
  it.each<[number, OpenTerms]>([
    [3, { openPrice: price(99_000), slippageP: 50 }],
    [4, { openPrice: price(99_990), tp: price(100_005) }],
    [5, { openPrice: price(100_020), sl: price(100_015) }],
  ])('cancels with reason %i and keeps the price of asking: %o', async (reason, terms) => {
    const before = await desk.trader.balance();
    const { name, args } = await desk.settled(await desk.trader.open(terms));
    expect({ name, reason: args['cancelReason'] }).toEqual({
      name: 'MarketOpenCanceled',
      reason: BigInt(reason),
    });
    expect(before - (await desk.trader.balance())).toBe(usdc('0.1'));
  });

  it('cancels a closing whose price has run away, and the trade stays', async () => {
    await desk.settled(await desk.trader.open());
    const { name, args } = await desk.settled(await desk.trader.close(10_000, price(102_000), 100));
    expect({ name, reason: args['cancelReason'] }).toEqual({ name: 'MarketCloseCanceled', reason: 3n });
    expect(await desk.trader.openTrades()).toBe(1n);
  });

  it('takes profit at the bid once it touches, and not at the price in the middle', async () => {
    await desk.settled(await desk.trader.open({ tp: price(101_000) }));
    desk.sandbox.control.setPrice('BTC-USD', '101009', '20');
    expect(await desk.trader.openTrades()).toBe(1n);
    desk.sandbox.control.setPrice('BTC-USD', '101010', '20');
    expect(await desk.triggered('TakeProfit')).toMatchObject({
      price: `${price(101_000)}`,
      isCancelled: false,
    });
  });

  it('stops a short at the ask that it gaps to', async () => {
    await desk.settled(await desk.trader.open({ buy: false, sl: price(101_000) }));
    desk.sandbox.control.setPrice('BTC-USD', '103000', '20');
    expect(await desk.triggered('StopLoss')).toMatchObject({
      price: `${price(103_010)}`,
      isCancelled: false,
    });
  });

  it('liquidates where a quarter of the margin at greatest leverage is left', async () => {
    // 100x of 94.9 USDC at 100,010: 25 % left, so down by 0.75 %.
    await desk.settled(await desk.trader.open({ leverage: 10_000 }));
    desk.sandbox.control.setPrice('BTC-USD', '99271', '20');
    expect(await desk.trader.openTrades()).toBe(1n);
    desk.sandbox.control.setPrice('BTC-USD', '99269', '20');
    const order = await desk.triggered('Liquidation');
    expect(order).toMatchObject({ amountSentToTrader: '0', isCancelled: false });
    expect(Number(order['liquidationFee'])).toBeCloseTo(0.25 * 94.9 * 1e6, -1);
  });

  it('opens a stop order when the middle gets there, a limit order when its own price does', async () => {
    const { trader, sandbox } = desk;
    await trader.send(
      trader.trading,
      'openTrade',
      ...trader.openArguments({ orderType: 2, openPrice: price(100_500) }),
    );
    sandbox.control.setPrice('BTC-USD', '100500', '20');
    expect(await desk.triggered('Stop')).toMatchObject({ price: `${price(100_510)}`, isCancelled: false });
    await desk.settled(await trader.close(10_000, price(100_500)));
    await trader.send(
      trader.trading,
      'openTrade',
      ...trader.openArguments({ orderType: 1, openPrice: price(99_000) }),
    );
    sandbox.control.setPrice('BTC-USD', '98990', '20');
    expect(await desk.triggered('Limit')).toMatchObject({ price: `${price(99_000)}`, isCancelled: false });
  });

  it('charges rollover by the block', async () => {
    await desk.settled(await desk.trader.open());
    await desk.sandbox.control.mine(1_000);
    const closing = await desk.trader.close();
    await desk.settled(closing);
    const query = `{ orders(where: { id: "${closing}" }) { rolloverFee fundingFee } }`;
    // 1e9 / 1e18 of 994 USDC a block.
    const { orders } = await desk.graph<{ orders: { rolloverFee: string; fundingFee: string }[] }>(query);
    expect(orders).toEqual([{ rolloverFee: expect.stringMatching(/^99\d$/), fundingFee: '0' }]);
  });
});

describe('delegation', () => {
  it('acts with the trader’s money only, hides why it failed, and ends when taken back', async () => {
    const { trader, other, sandbox } = desk;
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

describe('requests that nobody answers', () => {
  it('an open is taken back whole after the waiting blocks, however the market is by then', async () => {
    const { trader, sandbox } = desk;
    sandbox.control.setMarketOpen('BTC-USD', false);
    const before = await trader.balance();
    const order = await trader.open();
    expect(await trader.refusal('openTradeMarketTimeout', order)).toBe('WaitTimeout');
    await desk.graph('{ _meta { block { number } } }');
    sandbox.control.setMarketOpen('BTC-USD', true);
    await sandbox.control.mine(30);
    expect(await desk.settlementOf(order)).toBeUndefined();
    await trader.send(trader.trading, 'openTradeMarketTimeout', order);
    expect(await trader.balance()).toBe(before);
    expect(await trader.pendingOrders()).toEqual([]);
  });

  it('a closing is given up, or sent again in the same breath', async () => {
    const { trader, sandbox } = desk;
    await desk.settled(await trader.open());
    await sandbox.control.fault({ kind: 'keeperSilent', count: 2 });
    const first = await trader.close();
    await sandbox.control.mine(30);
    const second = await trader.send(trader.trading, 'closeTradeMarketTimeout', first, true);
    await sandbox.control.mine(30);
    await trader.send(trader.trading, 'closeTradeMarketTimeout', orderIdOf(second), false);
    expect(await trader.openTrades()).toBe(1n);
    expect(await trader.pendingOrders()).toEqual([]);
  });
});

describe('faults', () => {
  it.each([false, true])('blocks are replaced, with their transactions dropped: %s', async (drop) => {
    const { trader, sandbox, provider } = desk;
    const before = await trader.balance();
    const order = await trader.open();
    await desk.settled(order);
    const head = await provider.getBlock('latest');
    await sandbox.control.fault({ kind: 'reorg', depth: 2, drop });
    expect((await provider.getBlock(head!.number))!.hash).not.toBe(head!.hash);
    const { trades } = await desk.graph<{ trades: object[] }>('{ trades(where: { isOpen: true }) { id } }');
    expect(trades).toHaveLength(drop ? 0 : 1);
    expect(before - (await trader.balance())).toBe(drop ? 0n : usdc(100));
  });

  it('a transaction waits while no blocks are made', async () => {
    const { trader, sandbox } = desk;
    await sandbox.control.fault({ kind: 'stuck' });
    const sent = await trader.trading.getFunction('openTrade')(...trader.openArguments(), {
      gasLimit: 2_500_000,
    });
    expect(await desk.provider.getTransactionReceipt(sent.hash)).toBeNull();
    await sandbox.control.clearFaults();
    expect(await trader.receiptOf(sent.hash)).toMatchObject({ status: 1 });
  });

  it('Trading reverts with the error asked for', async () => {
    await desk.sandbox.control.fault({ kind: 'revert', error: 'IsPaused' });
    expect(await desk.trader.refusal('openTrade', ...desk.trader.openArguments())).toBe('IsPaused');
    await expect(desk.trader.open()).rejects.toThrow('openTrade reverted');
  });

  it('a pair is delisted under an open trade, which can still be closed', async () => {
    await desk.settled(await desk.trader.open());
    await desk.sandbox.control.fault({ kind: 'delist', pair: 'BTC-USD' });
    expect(await desk.trader.refusal('openTrade', ...desk.trader.openArguments())).toBe('PairNotListed');
    expect(await desk.settled(await desk.trader.close())).toMatchObject({ name: 'MarketCloseExecutedV2' });
  });

  it.each([
    [
      { kind: 'rpcStatus', status: 502 },
      { status: 502, text: 'upstream error' },
    ],
    [{ kind: 'rpcGarbage' }, { status: 200, text: expect.stringContaining('<html>') }],
    [{ kind: 'rpcNonsense' }, { status: 200, text: expect.stringContaining('unexpected') }],
    [{ kind: 'rpcLoseRequest' }, 'cut'],
    [{ kind: 'rpcLoseAnswer' }, 'cut'],
  ] as const)('the RPC fails once with %o, for the method it is meant for', async (fault, answer) => {
    const ask = (method: string) =>
      fetch(desk.sandbox.rpcUrl, {
        method: 'POST',
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: [] }),
      }).then(
        async (response) => ({ status: response.status, text: await response.text() }),
        () => 'cut',
      );
    await desk.sandbox.control.fault({ ...fault, method: 'eth_blockNumber' });
    expect(await ask('eth_chainId')).toMatchObject({ status: 200 });
    expect(await ask('eth_blockNumber')).toEqual(answer);
    expect(await ask('eth_blockNumber')).toMatchObject({ status: 200 });
  });

  it('prices and subgraph go down or stale and come back, commanded over HTTP', async () => {
    const { priceUrl, graphUrl, controlUrl } = desk.sandbox;
    const command = (body: object) => fetch(controlUrl, { method: 'POST', body: JSON.stringify(body) });
    const row = async () => (await fetch(`${priceUrl}/PricePublish/latest-price?asset=BTCUSD`)).json();
    await command({ type: 'fault', fault: { kind: 'pricesStale' } });
    await command({ type: 'setPrice', pair: 'BTC-USD', price: '90000' });
    expect(await row()).toMatchObject({ mid: 100_000 });
    await command({ type: 'clearFaults' });
    expect(await row()).toMatchObject({ mid: 90_000, isMarketOpen: true });
    await command({ type: 'fault', fault: { kind: 'graphStale' } });
    await desk.settled(await desk.trader.open({ openPrice: price(90_000) }));
    const open = '{ trades(where: { isOpen: true }) { index } }';
    expect(await desk.graph(open)).toEqual({ trades: [] });
    await command({ type: 'clearFaults' });
    expect(await desk.graph(open)).toEqual({ trades: [{ index: '0' }] });
    await command({ type: 'fault', fault: { kind: 'pricesDown' } });
    await command({ type: 'fault', fault: { kind: 'graphDown' } });
    expect((await fetch(`${priceUrl}/PricePublish/latest-prices`)).status).toBe(503);
    expect((await fetch(graphUrl, { method: 'POST', body: '{}' })).status).toBe(503);
    expect(await command({ type: 'nonsense' })).toMatchObject({ status: 400 });
  });

  it('the RPC keeps to itself what only a test node can do', async () => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'anvil_setBalance', params: [] });
    const response = await fetch(desk.sandbox.rpcUrl, { method: 'POST', body });
    expect(await response.json()).toMatchObject({ error: { code: -32_601 } });
  });
});
