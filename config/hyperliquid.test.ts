import { expect, test } from 'vitest';
import { ConfigError } from './config-error.ts';
import { readEnvironment } from './env.ts';
import { readHyperliquid } from './hyperliquid.ts';

const URL = 'http://127.0.0.1:3001';
const builder = `0x${'AB'.repeat(20)}`;

test('markets built by others and a builder are read', () => {
  const read = readEnvironment({
    HYPERLIQUID_BUILT_MARKETS: 'xyz,flx',
    HYPERLIQUID_BUILDER: `${builder}:10`,
    HYPERLIQUID_NETWORK: 'mainnet',
  });
  expect(readHyperliquid(URL, read)).toEqual({
    url: URL,
    network: 'mainnet',
    builtMarkets: ['xyz', 'flx'],
    builder: { address: builder.toLowerCase(), tenthsOfBps: 10 },
  });
});

test('nothing but the URL is needed', () => {
  expect(readHyperliquid(URL, {})).toEqual({ url: URL, network: 'testnet' });
});

test.each([
  ['HYPERLIQUID_BUILT_MARKETS', 'xyz, flx'],
  ['HYPERLIQUID_BUILDER', builder],
  ['HYPERLIQUID_BUILDER', `${builder}:101`],
])('%s is refused as %s', (variable, text) => {
  expect(() => readEnvironment({ [variable]: text })).toThrow(ConfigError);
});

test.each([
  ['https://api.hyperliquid.xyz', undefined, 'is testnet, and HYPERLIQUID_URL is the address of the mainnet'],
  [
    'https://api.hyperliquid-testnet.xyz',
    'mainnet',
    'is mainnet, and HYPERLIQUID_URL is the address of the testnet',
  ],
])('the address %s is refused with the network %s', (url, network, problem) => {
  expect(() => readEnvironment({ HYPERLIQUID_URL: url, HYPERLIQUID_NETWORK: network })).toThrow(problem);
});
