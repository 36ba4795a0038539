import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { CALLBACKS } from './chain/abi.ts';
import { readEvent } from './chain/chain.ts';
import { log, type Receipt } from './chain/chain-wire.ts';
import { DEFAULT_TIMING } from './chain/options.ts';
import { createPairBook } from './market/pairs.ts';
import { createPriceService } from './market/prices.ts';
import { closedTradeOf, movedTradeOf, orderIdOf, settledTrade } from './chain/settlement.ts';
import { closeFills, entryFill } from './accounts/trade-fills.ts';

const TRADING_ADDRESS = '0x6D0bA1f9996DBD8885827e1b2e8f6593e7702411';

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`recorded/${name}.json`, import.meta.url), 'utf8'));

const answerOf = (name: string): unknown => z.object({ answer: z.unknown() }).parse(read(name)).answer;

/** Serves one answer while `work` runs. */
async function serving<Result>(answer: unknown, work: (url: string) => Promise<Result>): Promise<Result> {
  const server = createServer((request, response) => {
    request.resume().on('end', () => response.end(JSON.stringify(answer)));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- a TCP server has such an address
  const { port } = server.address() as AddressInfo;
  try {
    return await work(`http://127.0.0.1:${port}`);
  } finally {
    server.close();
    server.closeAllConnections();
  }
}

const { logs } = z.object({ logs: z.array(z.object({ name: z.string(), log })) }).parse(read('events'));

function logOf(name: string) {
  const found = logs.find((each) => each.name === name);
  if (!found) throw new Error(`no ${name} is recorded`);
  return found.log;
}

const receiptOf = (...names: string[]): Receipt => ({
  transactionHash: logOf(names[0] ?? '').transactionHash,
  blockNumber: logOf(names[0] ?? '').blockNumber,
  succeeded: true,
  logs: names.map(logOf),
});

test('prices', async () => {
  const latest = await serving(answerOf('latest-prices'), (url) =>
    createPriceService(url, DEFAULT_TIMING).latest(),
  );
  const time = 1_700_000_000_000;
  expect([...latest.values()]).toEqual([
    { symbol: 'BTC', bid: '99990', mid: '100000', ask: '100010', isOpen: true, time },
    { symbol: 'EUR-USD', bid: '1.09995', mid: '1.1', ask: '1.10005', isOpen: false, time },
  ]);
});

test('pairs', async () => {
  const pairs = await serving(answerOf('pairs'), (url) => createPairBook(url, 1_000).all());
  expect(pairs).toMatchObject([
    {
      index: 2,
      minLeverage: 1,
      maxLeverage: 200,
      openingFeeBps: 3,
      instrument: { symbol: 'EUR-USD', venueAssetId: 2, minNotionalUsd: '5', tradable: true },
    },
  ]);
});

test('the order that a transaction placed, by either contract', () => {
  expect(orderIdOf(receiptOf('MarketOpenOrderInitiated'), TRADING_ADDRESS)).toBe(501n);
  expect(orderIdOf(receiptOf('PriceRequestedV2'), TRADING_ADDRESS)).toBe(501n);
  expect(orderIdOf(receiptOf('SlUpdated'), TRADING_ADDRESS)).toBeNull();
});

test('the trade that a transaction closed or moved', () => {
  expect(closedTradeOf(receiptOf('MarketCloseOrderInitiatedV2'))).toBe(501n);
  expect(movedTradeOf(receiptOf('SlUpdated'))).toBe(501n);
  expect(movedTradeOf(receiptOf('MarketOpenOrderInitiated'))).toBeNull();
});

test('the fills of a trade', () => {
  const executed = logOf('MarketOpenExecuted');
  const args = readEvent(CALLBACKS, executed)?.args;
  const opening = {
    orderId: 501n,
    trade: settledTrade(args?.['t']),
    symbol: 'EUR-USD',
    notional: BigInt(args?.['tradeNotional']),
    paid: 100_000_000n,
    placedBy: logOf('MarketOpenOrderInitiated').transactionHash,
    log: executed,
  };
  const times = new Map([101, 121, 130].map((block) => [block, block * 1_000]));
  expect(entryFill(opening, times)).toMatchObject({
    side: 'buy',
    price: '1.10005',
    size: '904.504340712694877505',
    feeUsd: '0.5',
    time: 101_000,
  });
  const closes = closeFills(opening, {
    tradeId: 501n,
    logs: ['FeesChargedV2', 'MarketCloseExecutedV2', 'LimitCloseExecuted'].map(logOf),
    asked: [logOf('MarketCloseOrderInitiatedV2')],
    times,
  });
  expect(closes).toMatchObject([
    {
      orderId: 502n,
      side: 'sell',
      price: '1.1110505',
      size: '452.252170356347438752',
      closedPnlUsd: '4.4775',
      carriedUsd: '-0.0015',
      placedBy: logOf('MarketCloseOrderInitiatedV2').transactionHash,
      venueOrderId: '502',
    },
    {
      orderId: 503n,
      price: '1.09',
      size: '452.252170356347438753',
      closedPnlUsd: '-4.4775',
      carriedUsd: '0',
      placedBy: null,
      venueOrderId: '501/stop',
      firedLeg: 'stop',
    },
  ]);
});
