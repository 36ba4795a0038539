import { expect, test } from 'vitest';
import { startHyperliquidSandbox } from '#sandbox/hyperliquid/server.ts';
import { createHyperliquidVenue } from '#venues/hyperliquid/index.ts';
import { Subscriptions } from './subscriptions.ts';
import { WatchBook } from './watch-book.ts';

test('an instrument is listened to from the announcement of an entry until well after it', async () => {
  const sandbox = await startHyperliquidSandbox();
  const venue = createHyperliquidVenue({ url: sandbox.url, network: 'testnet' });
  const first = Promise.withResolvers<string>();
  const stream = venue.market.stream({
    onPrice: ({ symbol, price }) => first.resolve(`${symbol} ${price}`),
    onFills: () => undefined,
    onUp: () => undefined,
    onDown: () => undefined,
  });
  const left: string[] = [];
  const subscriptions = new Subscriptions(stream, new WatchBook(), (symbol) => left.push(symbol));
  sandbox.setPrice('BTC', 51_234);
  subscriptions.expect('BTC', 0);
  expect(await first.promise).toBe('BTC 51234');
  subscriptions.refresh(100_000);
  expect(left).toEqual([]);
  subscriptions.refresh(200_000);
  expect(left).toEqual(['BTC']);
  await stream.close();
  await venue.close();
  await sandbox.close();
});
