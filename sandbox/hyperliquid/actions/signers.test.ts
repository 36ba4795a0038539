import { ExchangeClient, HttpTransport } from '@nktkas/hyperliquid';
import { UsdClassTransferTypes } from '@nktkas/hyperliquid/api/exchange';
import { signUserSignedAction } from '@nktkas/hyperliquid/signing';
import { Wallet } from 'ethers';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NonceBook } from '../exchange/nonces.ts';
import { TRADER, TRADER_KEY, limit, openTrader, statusesOf } from '../testing.ts';
import type { SandboxTrader } from '../testing.ts';

let trader: SandboxTrader;
beforeEach(async () => {
  trader = await openTrader();
});
afterEach(() => trader.close());

const agentKey = (n: number): `0x${string}` => `0x${String(n).padStart(64, '3')}`;
const address = (key: string): `0x${string}` => `0x${new Wallet(key).address.slice(2)}`;
const buy = [limit({ b: true, p: '105000', s: '0.001' })];

it('refuses an action that it does not perform by its name, however that is signed', async () => {
  const { exchange } = trader;
  await expect(exchange.tokenDelegate({ validator: TRADER, wei: 1, isUndelegate: false })).rejects.toThrow(
    'Unsupported action tokenDelegate',
  );
  await expect(exchange.claimRewards()).rejects.toThrow('Unsupported action claimRewards');
});

describe('agents', () => {
  it('trade for their account once approved, and cannot move its money', async () => {
    const agent = trader.clientOf(agentKey(1));
    await expect(statusesOf(agent, buy)).rejects.toThrow(
      `L1 error: User or API Wallet ${address(agentKey(1)).toLowerCase()} does not exist.`,
    );
    await trader.exchange.approveAgent({ agentAddress: address(agentKey(1)) });
    expect(await statusesOf(agent, buy)).toMatchObject([{ filled: {} }]);
    expect(await trader.info.userFills({ user: TRADER })).toHaveLength(1);
    expect(await trader.info.userRole({ user: address(agentKey(1)) })).toEqual({
      role: 'agent',
      data: { user: TRADER },
    });
    await expect(agent.exchange.usdSend({ destination: TRADER, amount: '1' })).rejects.toThrow(
      'Must deposit before performing actions.',
    );
  });

  it('lose their right to a newer one of the same name', async () => {
    await trader.exchange.approveAgent({ agentAddress: address(agentKey(1)), agentName: 'bot' });
    await trader.exchange.approveAgent({ agentAddress: address(agentKey(2)), agentName: 'bot' });
    await expect(statusesOf(trader.clientOf(agentKey(1)), buy)).rejects.toThrow('does not exist');
    expect(await statusesOf(trader.clientOf(agentKey(2)), buy)).toMatchObject([{ filled: {} }]);
    expect(await trader.info.extraAgents({ user: TRADER })).toMatchObject([
      { name: 'bot', address: address(agentKey(2)).toLowerCase() },
    ]);
  });

  it('end when their approval says so', async () => {
    const name = `bot valid_until ${Date.now() - 1}`;
    await trader.exchange.approveAgent({ agentAddress: address(agentKey(1)), agentName: name });
    await expect(statusesOf(trader.clientOf(agentKey(1)), buy)).rejects.toThrow('does not exist');
  });

  it('are at most three by name', async () => {
    for (const n of [1, 2, 3])
      await trader.exchange.approveAgent({ agentAddress: address(agentKey(n)), agentName: `bot${n}` });
    await expect(
      trader.exchange.approveAgent({ agentAddress: address(agentKey(4)), agentName: 'bot4' }),
    ).rejects.toThrow('Too many extra agents.');
  });
});

it('a signature for the other network belongs to nobody known here', async () => {
  const other = await openTrader({ network: 'mainnet' });
  try {
    expect(await statusesOf(other, buy)).toMatchObject([{ filled: {} }]);
    const sent = JSON.stringify(await signedOrder(other));
    const response = await fetch(`${trader.sandbox.url}/exchange`, { method: 'POST', body: sent });
    expect(await response.json()).toMatchObject({
      status: 'err',
      response: expect.stringContaining('does not exist'),
    });
  } finally {
    await other.close();
  }
});

class CatchingTransport extends HttpTransport {
  caught: unknown;

  override request<T>(
    endpoint: 'info' | 'exchange' | 'explorer',
    payload: unknown,
    signal?: AbortSignal,
  ): Promise<T> {
    this.caught = payload;
    return super.request<T>(endpoint, payload, signal);
  }
}

/** Sends an order and returns the envelope as it went out. */
async function signedOrder({ sandbox }: SandboxTrader): Promise<unknown> {
  const transport = new CatchingTransport({ isTestnet: sandbox.network === 'testnet', apiUrl: sandbox.url });
  await new ExchangeClient({ transport, wallet: new Wallet(TRADER_KEY) }).order({
    orders: buy,
    grouping: 'na',
  });
  return transport.caught;
}

it('the same signed request is accepted once', async () => {
  const body = JSON.stringify(await signedOrder(trader));
  const response = await fetch(`${trader.sandbox.url}/exchange`, { method: 'POST', body });
  expect(await response.json()).toEqual({
    status: 'err',
    response: expect.stringContaining('duplicate nonce'),
  });
});

it('sub-accounts trade under their own address with the key of their owner', async () => {
  const { response } = await trader.exchange.createSubAccount({ name: 'second' });
  await trader.exchange.subAccountTransfer({
    subAccountUser: response.data,
    isDeposit: true,
    usd: 500_000_000,
  });
  await trader.exchange.order({ orders: buy, grouping: 'na' }, { vaultAddress: response.data });
  expect(await trader.info.userFills({ user: response.data })).toHaveLength(1);
  await expect(
    trader.exchange.order({ orders: buy, grouping: 'na' }, { vaultAddress: `0x${'9'.repeat(40)}` }),
  ).rejects.toThrow('Vault not registered');
});

it('an amount may name the sub-account whose balances it moves between', async () => {
  const { exchange, info } = trader;
  const { response } = await exchange.createSubAccount({ name: 'second' });
  const user = response.data;
  await exchange.subAccountTransfer({ subAccountUser: user, isDeposit: true, usd: 500_000_000 });
  const wallet = new Wallet(TRADER_KEY);
  const action = {
    type: 'usdClassTransfer',
    signatureChainId: '0x1',
    hyperliquidChain: 'Testnet',
    amount: `40 subaccount:${user}`,
    toPerp: false,
    nonce: Date.now(),
  } as const;
  const signature = await signUserSignedAction({ wallet, action, types: UsdClassTransferTypes });
  const body = JSON.stringify({ action, nonce: action.nonce, signature });
  const answer = await fetch(`${trader.sandbox.url}/exchange`, { method: 'POST', body });
  expect(await answer.json()).toEqual({ status: 'ok', response: { type: 'default' } });
  expect(await info.spotClearinghouseState({ user })).toMatchObject({ balances: [{ total: '40.0' }] });
  expect(await info.clearinghouseState({ user })).toMatchObject({ withdrawable: '460.0' });
});

describe('nonces', () => {
  const now = 1_800_000_000_000;

  it('may come in any order above the smallest of the hundred kept', () => {
    const book = new NonceBook();
    for (let i = 0; i < 100; i++) book.use('a', now + 2 * i, now);
    book.use('a', now + 3, now);
    expect(() => book.use('a', now + 3, now)).toThrow(`Invalid nonce: duplicate nonce ${now + 3}`);
    expect(() => book.use('a', now + 1, now)).toThrow(`Invalid nonce: nonce too low ${now + 1} < ${now + 2}`);
    book.use('b', now + 1, now);
  });

  it('must be of these days', () => {
    const book = new NonceBook();
    expect(() => book.use('a', now - 3 * 86_400_000, now)).toThrow('nonce too low');
    expect(() => book.use('a', now + 2 * 86_400_000, now)).toThrow('nonce too high');
  });
});
