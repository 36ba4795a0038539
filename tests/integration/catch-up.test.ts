import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createBarRecorder, type BarRecorder } from '#activities/watching/bar-recorder.ts';
import { createCatchUp } from '#activities/watching/catch-up.ts';
import { newLiveWatch, updateLiveWatch } from '#activities/watching/live-watch.ts';
import { watchRecord } from '#activities/watching/testing.ts';
import { WatchBook } from '#activities/watching/watch-book.ts';
import { startRoutingHarness, type RoutingHarness } from '../support/routing-harness.ts';

let harness: RoutingHarness;
beforeAll(async () => {
  harness = await startRoutingHarness();
});
beforeEach(async () => {
  await harness.db.priceBar.deleteMany();
});
afterAll(() => harness?.stop());

/** A long trade with a trail of 1 %, its stop at 49,500. */
const watchSince = (armedAt: number) =>
  newLiveWatch(
    watchRecord({
      side: 'long',
      armedAt,
      levels: {
        entryPrice: '50000',
        barriers: {
          stop: '49500',
          targets: [],
          breakEven: null,
          trailing: [{ activatesAt: '50000', distancePct: 1 }],
          timeLimitMs: null,
        },
        stop: { price: '49500', kind: 'stop_loss' },
        isStopResident: true,
        restingTargets: [],
        filledTargets: [],
      },
    }),
  );

/** Has a watcher hear of a watch after a gain and a fall that crosses its trail; returns the exits it decides. */
async function adoptLate(hear: (bars: BarRecorder, armedAt: number) => void): Promise<(string | null)[]> {
  const { db, execution } = harness;
  const venue = execution.venues.get('hyperliquid');
  if (!venue) throw new Error('the harness has no venue');
  // The venue's candle of this minute holds all of it, and does not tell before from after.
  for (const price of [50_000, 50_150, 49_575]) harness.sandboxes.hyperliquid.setPrice('BTC', price);
  const armedAt = Date.now();
  const bars = createBarRecorder(db, 'hyperliquid');
  const watches = new WatchBook();
  const crossed: (string | null)[] = [];
  const deps = { ...execution, now: () => armedAt + 200 };
  const catchUp = createCatchUp(deps, venue, watches, bars, ({ exitReason }) => crossed.push(exitReason));
  hear(bars, armedAt);
  bars.add({ symbol: 'BTC', price: '50150', t: armedAt + 50 });
  bars.add({ symbol: 'BTC', price: '49575', t: armedAt + 150 });
  const late = watchSince(armedAt);
  watches.add(late);
  catchUp.oweSinceArmed(late);
  await catchUp.settle();
  return crossed;
}

test('a watch that is read after a quiet instrument moved has lost no price', async () => {
  const crossed = await adoptLate((bars, armedAt) => {
    bars.add({ symbol: 'BTC', price: '50000', t: armedAt - 40_000 });
    bars.rememberFrom(armedAt);
  });
  expect(crossed).toEqual(['trailing_stop']);
});

test('one whose prices began to be heard after it was armed has lost none of those that were heard', async () => {
  expect(await adoptLate(() => undefined)).toEqual(['trailing_stop']);
});

test.each([
  ['crossed the trail', null, ['trailing_stop']],
  ['crossed the trail before the trade was paused and resumed', 200, []],
])('a price that %s while no stream told of any', async (_what, resumedAfter, exits) => {
  const venue = harness.execution.venues.get('hyperliquid')!;
  const start = Date.now();
  const bars = createBarRecorder(harness.db, 'hyperliquid');
  const watches = new WatchBook();
  const crossed: (string | null)[] = [];
  const deps = { ...harness.execution, now: () => start + 300 };
  const catchUp = createCatchUp(deps, venue, watches, bars, ({ exitReason }) => crossed.push(exitReason));
  const watch = watchSince(start - 1_000);
  watches.add(watch);
  bars.add({ symbol: 'BTC', price: '50150', t: start });
  bars.rememberFrom(start);
  catchUp.oweSince(() => start);
  bars.add({ symbol: 'BTC', price: '49575', t: start + 100 });
  bars.cut('BTC');
  bars.add({ symbol: 'BTC', price: '50100', t: start + 250 });
  if (resumedAfter !== null) {
    const { record } = watch;
    const levels = { ...record.levels, since: start + resumedAfter };
    watches.change(watch, () => updateLiveWatch(watch, { ...record, status: 'paused' }));
    watches.change(watch, () => updateLiveWatch(watch, { ...record, levels }));
  }
  await catchUp.settle();
  expect(crossed).toEqual(exits);
});

test('a price that is heard before the time without a watcher is made up for hides nothing of that time', async () => {
  const venue = harness.execution.venues.get('hyperliquid')!;
  const start = Date.now();
  const bars = createBarRecorder(harness.db, 'hyperliquid');
  const watches = new WatchBook();
  const crossed: (string | null)[] = [];
  const deps = { ...harness.execution, now: () => start + 2_000 };
  const catchUp = createCatchUp(deps, venue, watches, bars, ({ exitReason }) => crossed.push(exitReason));
  const seen = { open: '50000', high: '50500', low: '49000', close: '50000', seenUntil: start };
  bars.addBars([{ ...seen, symbol: 'BTC', openedAt: start - (start % 60_000) }]);
  for (const price of [51_000, 50_000]) harness.sandboxes.hyperliquid.setPrice('BTC', price);
  bars.add({ symbol: 'BTC', price: '50000', t: start + 1_500 });
  await bars.flush();
  const watch = watchSince(start);
  watches.add(watch);
  catchUp.oweSinceArmed(watch);
  await catchUp.settle();
  expect(crossed).toEqual(['trailing_stop']);
});
