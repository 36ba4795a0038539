import { describe, expect, test } from 'vitest';
import { readCancelReason, rejectionOf } from './chain/errors.ts';
import { clientOrderId, legOf } from './orders/client-order-id.ts';
import { asId, type ClientOrderId } from '#domain/ids.ts';
import { REVERTS, TRADING } from './chain/abi.ts';
import { readReference, writeReference } from './chain/reference.ts';
import { RpcRefusal } from './chain/rpc.ts';
import { fromChainText, toChain } from './chain/scales.ts';

describe('the interface', () => {
  // Source: PyPI `ostium-python-sdk` 3.3.1; selectors as deployed.
  test.each([
    ['openTrade', '0x1365e4e4'],
    ['closeTradeMarket', '0xefc10755'],
    ['updateTp', '0xbe9267be'],
    ['updateSl', '0xe2441c04'],
    ['openTradeMarketTimeout', '0x876d3abd'],
    ['closeTradeMarketTimeout', '0x3f21ea62'],
    ['setDelegate', '0xca5eb5e1'],
    ['removeDelegate', '0x36fb8b15'],
    ['delegatedAction', '0x9a10cc32'],
  ])('%s is %s', (name, selector) => {
    expect(TRADING.getFunction(name)?.selector).toBe(selector);
  });
});

describe('scales', () => {
  test('what is finer than the chain is cut off, or rounded up when asked', () => {
    expect(toChain('1.2345678', 'usdc')).toBe(1_234_567n);
    expect(toChain('1.2345678', 'usdc', 'up')).toBe(1_234_568n);
    expect(toChain(10, 'leverage')).toBe(1_000n);
    expect(fromChainText(1_100_100_000_000_000_000n, 'price')).toBe('1.1001');
    expect(fromChainText(-5n, 'usdc')).toBe('-0.000005');
  });
});

describe('refusals', () => {
  const refusal = (name: string, args: unknown[]) =>
    new RpcRefusal(3, 'execution reverted', REVERTS.encodeErrorResult(name, args));

  test.each([
    [refusal('PairNotListed', [2]), 'not_tradable', 'PairNotListed(2)'],
    [refusal('WrongLeverage', [100_000]), 'leverage_out_of_range', 'WrongLeverage(100000)'],
    [refusal('IsDone', []), 'venue_paused', 'IsDone()'],
    [
      new RpcRefusal(3, 'execution reverted: ERC20: transfer amount exceeds allowance', null),
      'allowance_missing',
      'ERC20',
    ],
    [new RpcRefusal(3, 'execution reverted', '0xdeadbeef'), 'venue_rejected', 'execution reverted'],
  ])('%s', (error, code, words) => {
    const rejection = rejectionOf(error);
    expect(rejection).toMatchObject({ kind: 'rejected', code });
    expect(rejection.text).toContain(words);
  });

  test('reasons of later contracts are kept by their number', () => {
    expect(readCancelReason(3)).toMatchObject({ code: 'ioc_no_match' });
    expect(readCancelReason(99).text).toContain('99');
  });
});

describe('ids', () => {
  test('a client id says what the order is for', () => {
    expect(legOf(clientOrderId('0192-ab', 'take_profit', 2, 1))).toBe('take_profit');
    expect(legOf(asId<ClientOrderId>('0x00'))).toBeNull();
  });

  test('a reference is read as it was written', () => {
    const first = { nonce: 12, hashes: [`0x${'a'.repeat(64)}`, `0x${'b'.repeat(64)}`] };
    const sent = [first, { nonce: 13, hashes: [`0x${'c'.repeat(64)}`] }];
    const from = `0x${'d'.repeat(40)}`;
    expect(writeReference({ from, sent: [first] })).toBe(`${from}/12:${first.hashes.join(',')}`);
    expect(readReference(writeReference({ from, sent }))).toEqual({ from, sent });
    expect(readReference(`12:${first.hashes.join(',')}`)).toEqual({ from: null, sent: [first] });
    expect(readReference(`${writeReference({ from, sent })};7/stop`)).toBeNull();
    expect(readReference('7/stop')).toBeNull();
    expect(readReference(null)).toBeNull();
  });
});
