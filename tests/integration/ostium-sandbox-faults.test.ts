import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { orderIdOf, OstiumTestVenue, price, usdc } from '../support/ostium-test-venue.ts';

let ostium: OstiumTestVenue;
beforeAll(async () => {
  ostium = await OstiumTestVenue.open();
});
afterAll(() => ostium.close());

afterEach(() => ostium.restore());

describe('requests that nobody answers', () => {
  it('an open is taken back whole after the waiting blocks, however the market is by then', async () => {
    const { trader, sandbox } = ostium;
    sandbox.control.setMarketOpen('BTC-USD', false);
    const before = await trader.balance();
    const order = await trader.open();
    expect(await trader.refusal('openTradeMarketTimeout', order)).toBe('WaitTimeout');
    await ostium.graph('{ _meta { block { number } } }');
    sandbox.control.setMarketOpen('BTC-USD', true);
    await sandbox.control.mine(30);
    expect(await ostium.settlementOf(order)).toBeUndefined();
    await trader.send(trader.trading, 'openTradeMarketTimeout', order);
    expect(await trader.balance()).toBe(before);
    expect(await trader.pendingOrders()).toEqual([]);
  });

  it('a closing is given up, or sent again in the same breath', async () => {
    const { trader, sandbox } = ostium;
    await ostium.settled(await trader.open());
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
    const { trader, sandbox, provider } = ostium;
    const before = await trader.balance();
    const order = await trader.open();
    await ostium.settled(order);
    const head = await provider.getBlock('latest');
    await sandbox.control.fault({ kind: 'reorg', depth: 2, drop });
    expect((await provider.getBlock(head!.number))!.hash).not.toBe(head!.hash);
    const { trades } = await ostium.graph<{ trades: object[] }>('{ trades(where: { isOpen: true }) { id } }');
    expect(trades).toHaveLength(drop ? 0 : 1);
    expect(before - (await trader.balance())).toBe(drop ? 0n : usdc(100));
  });

  it('a transaction waits while no blocks are made', async () => {
    const { trader, sandbox } = ostium;
    await sandbox.control.fault({ kind: 'stuck' });
    const sent = await trader.trading.getFunction('openTrade')(...trader.openArguments(), {
      gasLimit: 2_500_000,
    });
    expect(await ostium.provider.getTransactionReceipt(sent.hash)).toBeNull();
    await sandbox.control.clearFaults();
    expect(await trader.receiptOf(sent.hash)).toMatchObject({ status: 1 });
  });

  it('Trading reverts with the error asked for', async () => {
    await ostium.sandbox.control.fault({ kind: 'revert', error: 'IsPaused' });
    expect(await ostium.trader.refusal('openTrade', ...ostium.trader.openArguments())).toBe('IsPaused');
    await expect(ostium.trader.open()).rejects.toThrow('openTrade reverted');
  });

  it('a pair is delisted under an open trade, which can still be closed', async () => {
    await ostium.settled(await ostium.trader.open());
    await ostium.sandbox.control.fault({ kind: 'delist', pair: 'BTC-USD' });
    expect(await ostium.trader.refusal('openTrade', ...ostium.trader.openArguments())).toBe('PairNotListed');
    expect(await ostium.settled(await ostium.trader.close())).toMatchObject({
      name: 'MarketCloseExecutedV2',
    });
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
      fetch(ostium.sandbox.rpcUrl, {
        method: 'POST',
        body: JSON.stringify({ jsonrpc: '2.0', id: 1, method, params: [] }),
      }).then(
        async (response) => ({ status: response.status, text: await response.text() }),
        () => 'cut',
      );
    await ostium.sandbox.control.fault({ ...fault, method: 'eth_blockNumber' });
    expect(await ask('eth_chainId')).toMatchObject({ status: 200 });
    expect(await ask('eth_blockNumber')).toEqual(answer);
    expect(await ask('eth_blockNumber')).toMatchObject({ status: 200 });
  });

  it('prices and subgraph go down or stale and come back, commanded over HTTP', async () => {
    const { priceUrl, graphUrl, controlUrl } = ostium.sandbox;
    const command = (body: object) => fetch(controlUrl, { method: 'POST', body: JSON.stringify(body) });
    const row = async () => (await fetch(`${priceUrl}/PricePublish/latest-price?asset=BTCUSD`)).json();
    await command({ type: 'fault', fault: { kind: 'pricesStale' } });
    await command({ type: 'setPrice', pair: 'BTC-USD', price: '90000' });
    expect(await row()).toMatchObject({ mid: 100_000 });
    await command({ type: 'clearFaults' });
    expect(await row()).toMatchObject({ mid: 90_000, isMarketOpen: true });
    await command({ type: 'fault', fault: { kind: 'graphStale' } });
    await ostium.settled(await ostium.trader.open({ openPrice: price(90_000) }));
    const open = '{ trades(where: { isOpen: true }) { index } }';
    expect(await ostium.graph(open)).toEqual({ trades: [] });
    await command({ type: 'clearFaults' });
    expect(await ostium.graph(open)).toEqual({ trades: [{ index: '0' }] });
    await command({ type: 'fault', fault: { kind: 'pricesDown' } });
    await command({ type: 'fault', fault: { kind: 'graphDown' } });
    expect((await fetch(`${priceUrl}/PricePublish/latest-prices`)).status).toBe(503);
    expect((await fetch(graphUrl, { method: 'POST', body: '{}' })).status).toBe(503);
    expect(await command({ type: 'nonsense' })).toMatchObject({ status: 400 });
  });

  it('the RPC keeps to itself what only a test node can do', async () => {
    const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'anvil_setBalance', params: [] });
    const response = await fetch(ostium.sandbox.rpcUrl, { method: 'POST', body });
    expect(await response.json()).toMatchObject({ error: { code: -32_601 } });
  });
});
