import { afterAll, afterEach, beforeAll, beforeEach, describe, test } from 'vitest';
import type { Barriers } from '#domain/barriers.ts';
import {
  startKilledTogether,
  STEPS,
  type KilledTogether,
  type Owned,
} from '#tests/support/killed-together.ts';
import { expectClean, startTradingSystem, until, type TradingSystem } from '#tests/support/trading-system.ts';

let system: TradingSystem;
let kills: KilledTogether;

beforeAll(async () => {
  system = await startTradingSystem();
  kills = await startKilledTogether(system, { symbol: 'BTC', venue: 'hyperliquid' });
});
beforeEach(() => setPrice(PRICE));
afterEach(() => {
  system.sandbox.control({ type: 'clearFaults' });
  system.sandbox.control({ type: 'setBook', coin: 'BTC', book: { spreadBps: 1 } });
});
afterAll(() => system?.stop());

const PRICE = 50_000;
const setPrice = (price: number) => system.sandbox.setPrice('BTC', price);
const BARRIERS: Barriers = {
  stopLoss: { pct: 5 },
  takeProfits: [{ pct: 10, fraction: 1 }],
  trailing: [{ activatesAtPct: 1, distancePct: 1 }],
};

async function expectEnded(all: readonly Owned[], reason: string): Promise<void> {
  await kills.haveEnded(all, reason);
  for (const { deployment } of all) await expectClean(system, deployment);
}

const failPartly = (count: number) =>
  system.sandbox.control({ type: 'fault', fault: { kind: 'partialFill', fraction: 0.5, count } });

async function expectSoundEntries(steps: readonly string[]): Promise<void> {
  let all: Owned[] = [];
  await kills.killAt(steps, async () => (all = await kills.ask(steps.length, BARRIERS)));
  await kills.areArmed(all);
  await kills.areProtected(all);
  setPrice(PRICE * 0.94);
  await expectEnded(all, 'stop_loss');
}

/** Has the trail move all stops above the entry. */
async function trailUp(all: readonly Owned[]): Promise<void> {
  const hasFollowed = async ({ trade }: Owned) => Number((await trade.details())?.stopPrice) > PRICE * 1.019;
  for (const each of all) await until('the stop to follow', () => hasFollowed(each));
}

describe('killed while an entry', () => {
  test.each([
    ['is sent and its stop is moved to where it filled', [...STEPS.entry, ...STEPS.stopMoved]],
    ['has its target moved to where it filled', STEPS.targetMoved],
  ])('%s: one entry, one stop, one target', async (_what, steps) => {
    system.sandbox.control({ type: 'setBook', coin: 'BTC', book: { spreadBps: 10 } });
    await expectSoundEntries(steps);
  });

  test.each([
    ['is sent and its stop is placed', [...STEPS.entry, ...STEPS.stopSent]],
    ['has its target placed', [...STEPS.targetSent, ...STEPS.cancel]],
  ])('that fills in part %s: stop and target rest once, for what was filled', async (_what, steps) => {
    failPartly(steps.length);
    await expectSoundEntries(steps);
  });
});

test('killed while the trail moves stops: each rests where the books have it, and none is loosened', async () => {
  const all = await kills.open(STEPS.stopMoved.length, BARRIERS);
  await kills.killAt(STEPS.stopMoved, () => setPrice(PRICE * 1.03));
  await trailUp(all);
  await kills.areProtected(all);
  setPrice(PRICE * 1.015);
  await expectEnded(all, 'trailing_stop');
});

describe('killed while a person adjusts', () => {
  const barriers: Barriers = { stopLoss: { pct: 7 }, takeProfits: [{ pct: 8, fraction: 1 }] };

  test.each([
    ['the stop', [...STEPS.stopMoved, ...STEPS.adjust]],
    ['the target', [...STEPS.cancel, ...STEPS.targetSent]],
  ])('%s: the new exits rest once, and are audited once', async (_what, steps) => {
    const all = await kills.open(steps.length, BARRIERS);
    const asked = Promise.withResolvers<void>();
    await kills.killAt(steps, () => asked.resolve(kills.adjust(all, barriers)));
    await asked.promise;
    await kills.areAdjusted(all, PRICE * 0.93);
    await kills.areProtected(all);
    setPrice(PRICE * 0.92);
    await expectEnded(all, 'stop_loss');
  });
});

describe('killed while it closes', () => {
  test('at the word of a person, filled in part: closed once, and nothing is left', async () => {
    const all = await kills.open(STEPS.exit.length, BARRIERS);
    failPartly(all.length);
    await kills.killAt(STEPS.exit, () => kills.close(all));
    await expectEnded(all, 'force_close');
  });

  test('at a price that only the watcher knows of, filled whole: closed once, and nothing is left', async () => {
    const all = await kills.open(STEPS.exit.length, BARRIERS);
    setPrice(PRICE * 1.03);
    await trailUp(all);
    setPrice(PRICE * 1.033);
    await kills.killAt(STEPS.exit, () => setPrice(PRICE * 1.022));
    await expectEnded(all, 'trailing_stop');
  });
});
