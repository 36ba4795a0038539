import { EventEmitter, once } from 'node:events';
import { expect } from 'vitest';
import { VenueError, type PriceTick, type VenueFill } from '#venues/venue.ts';
import { until } from '#tests/support/trading-system.ts';
import type { ConformanceCase } from '../case.ts';
import type { Trader } from '../trader.ts';

/** A live connection following the trader's instrument and account, and what it has told so far. */
function listen(trader: Trader) {
  const events = new EventEmitter();
  const ticks: PriceTick[] = [];
  const fills: VenueFill[] = [];
  const stream = trader.harness.venue.market.stream({
    onUp: () => void events.emit('up'),
    onDown: () => void events.emit('down'),
    onPrice: (tick) => void ticks.push(tick),
    onFills: (_account, heard) => void fills.push(...heard),
  });
  const next = (event: 'up' | 'down') => once(events, event, { signal: AbortSignal.timeout(20_000) });
  return { ...stream, ticks, fills, next };
}

async function expectPrice(stream: ReturnType<typeof listen>, trader: Trader, price: number): Promise<void> {
  await trader.harness.setPrice(price);
  const near = ({ price: heard }: PriceTick) => Math.abs(Number(heard) / price - 1) < 1e-3;
  expect(await until(`the price ${price}`, async () => stream.ticks.some(near))).toBe(true);
}

export const READING: ConformanceCase[] = [
  {
    id: 'instruments',
    what: 'what is listed has usable rules, and every symbol means one instrument',
    async run(trader) {
      const listed = await trader.harness.venue.market.instruments();
      expect(new Set(listed.map(({ symbol }) => symbol)).size).toBe(listed.length);
      for (const { lot, minNotionalUsd, maxLeverage } of listed) {
        expect(Math.min(Number(lot), Number(minNotionalUsd), maxLeverage)).toBeGreaterThan(0);
      }
    },
  },
  {
    id: 'reads-fail',
    what: 'a venue that cannot be read is an error with a verdict, and is read again once it is back',
    fault: 'reads_fail',
    async run(trader) {
      await trader.harness.inject('reads_fail');
      const error = await trader.state().catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(VenueError);
      expect(error).toMatchObject({ verdict: 'retry' });
      await trader.harness.heal();
      expect(await trader.state()).toMatchObject({ positions: [] });
    },
  },
  {
    id: 'stream-prices',
    what: 'prices come as they change',
    unless: ({ venue }) => (venue.capabilities.priceStream ? null : 'prices are polled'),
    async run(trader) {
      const stream = listen(trader);
      const up = stream.next('up');
      stream.watchPrices([trader.instrument.symbol]);
      await up;
      await expectPrice(stream, trader, trader.harness.price * 1.01);
      await stream.close();
    },
  },
  {
    id: 'stream-fills',
    what: 'fills of a followed account are told, whoever caused them',
    async run(trader) {
      const held = await trader.openPosition();
      await trader.place(trader.stop(held, 10));
      const stream = listen(trader);
      const up = stream.next('up');
      stream.watchPrices([trader.instrument.symbol]);
      stream.watchFills([trader.account.accountId]);
      await up;
      await trader.harness.setPrice(trader.harness.price * 0.89);
      expect(
        await until('the stop’s fill', async () => stream.fills.some(({ side }) => side === 'sell')),
      ).toBe(true);
      await stream.close();
    },
  },
  {
    id: 'stream-lost',
    what: 'a stream that is lost says so, comes back with what it followed, and what it missed can be read',
    fault: 'stream_lost',
    async run(trader) {
      const held = await trader.openPosition();
      const stream = listen(trader);
      const up = stream.next('up');
      stream.watchPrices([trader.instrument.symbol]);
      stream.watchFills([trader.account.accountId]);
      await up;
      const [down, again] = [stream.next('down'), stream.next('up')];
      await trader.harness.inject('stream_lost');
      await down;
      await trader.place(trader.exit(held));
      await trader.harness.heal();
      await again;
      expect((await trader.fills()).some(({ side }) => side === 'sell')).toBe(true);
      await expectPrice(stream, trader, trader.harness.price * 1.02);
      await stream.close();
    },
  },
];
