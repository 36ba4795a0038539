import { SubscriptionClient, WebSocketTransport } from '@nktkas/hyperliquid';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { openTrader } from '../testing.ts';
import type { SandboxTrader } from '../testing.ts';

let trader: SandboxTrader;
beforeEach(async () => {
  trader = await openTrader({ books: { BTC: { spreadBps: 2, stepBps: 1 } } });
});
afterEach(() => trader.close());

it.each([
  [{}, ['99990.0', '99980.0'], ['100010.0', '100020.0']],
  [{ nSigFigs: 4 }, ['99990.0', '99980.0'], ['100100.0', '100200.0']],
  [{ nSigFigs: 3 }, ['99900.0', '99800.0'], ['101000.0']],
  [{ nSigFigs: 5, mantissa: 5 }, ['99990.0', '99980.0'], ['100050.0', '100100.0']],
] as const)('groups the book by %j', async (grouping, bids, asks) => {
  const book = await trader.info.l2Book({ coin: 'BTC', ...grouping });
  const best = (side: readonly { px: string }[]) => side.slice(0, 2).map(({ px }) => px);
  expect(book?.levels.map(best)).toEqual([bids, asks]);
});

it('keeps every contract of the book in its groups', async () => {
  const size = (levels: readonly { sz: string; n: number }[]) =>
    levels.reduce((total, { sz }) => total + Number(sz), 0);
  trader.sandbox.control({ type: 'setBook', coin: 'BTC', book: { levels: 20 } });
  const exact = await trader.info.l2Book({ coin: 'BTC' });
  const coarse = await trader.info.l2Book({ coin: 'BTC', nSigFigs: 2 });
  expect(coarse?.levels[0].length).toBe(1);
  expect(size(coarse!.levels[0])).toBeCloseTo(size(exact!.levels[0]), 6);
});

it('streams a grouped book beside the exact one', async () => {
  const transport = new WebSocketTransport({ isTestnet: true, url: trader.sandbox.wsUrl });
  const streams = new SubscriptionClient({ transport });
  const grouped = Promise.withResolvers<string | undefined>();
  await streams.l2Book({ coin: 'BTC', nSigFigs: 3 }, ({ levels }) => {
    if (levels[1][0]?.px === '111000.0') grouped.resolve(levels[0][0]?.px);
  });
  trader.sandbox.setPrice('BTC', 110_500);
  expect(await grouped.promise).toBe('110000.0');
  transport.close();
});

it('refuses a grouping that the venue does not offer', async () => {
  const body = JSON.stringify({ type: 'l2Book', coin: 'BTC', nSigFigs: 3, mantissa: 5 });
  const answer = await fetch(`${trader.sandbox.url}/info`, { method: 'POST', body });
  expect(answer.status).toBe(422);
});
