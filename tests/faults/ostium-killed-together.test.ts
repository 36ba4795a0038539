import { JsonRpcProvider } from 'ethers';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Barriers } from '#domain/barriers.ts';
import { startOstiumSandbox, type OstiumSandbox } from '#sandbox/ostium/server.ts';
import {
  startKilledTogether,
  STEPS,
  type KilledTogether,
  type Owned,
} from '#tests/support/killed-together.ts';
import { openSealedKey } from '#venues/keys/sealed-key.ts';
import { TEST_MASTER_KEY } from '#tests/support/api.ts';
import { OstiumTrader, TRADING } from '#tests/support/ostium-test-venue.ts';
import { expectOstiumClean } from '#tests/support/ostium-books.ts';
import { startTradingSystem, until, type TradingSystem } from '#tests/support/trading-system.ts';

let ostium: OstiumSandbox;
let system: TradingSystem;
let kills: KilledTogether;

beforeAll(async () => {
  ostium = await startOstiumSandbox();
  setPrice(PRICE);
  system = await startTradingSystem({ ostium });
  kills = await startKilledTogether(system, { symbol: 'EUR-USD', venue: 'ostium' });
  await until('the instruments', async () =>
    system.db.instrument.findFirst({ where: { symbol: 'EUR-USD' } }),
  );
}, 90_000);
beforeEach(() => setPrice(PRICE));
afterAll(async () => {
  await system?.stop();
  await ostium?.stop();
});

const PRICE = 1.1;
const EUR_USD = 2;
const setPrice = (price: number, spread = 0.0001) =>
  ostium.control.setPrice('EUR-USD', price.toFixed(5), spread);
const BARRIERS: Barriers = { stopLoss: { pct: 1 }, takeProfits: [{ pct: 3, fraction: 1 }] };

async function expectEnded(all: readonly Owned[], reason: string): Promise<void> {
  await kills.haveEnded(all, reason);
  for (const { deployment } of all) await expectOstiumClean(system, ostium, deployment);
}

describe('killed while an entry', () => {
  test.each([
    ['is sent and its stop is moved to where it filled', [...STEPS.entry, ...STEPS.stopMoved]],
    ['has its target moved to where it filled', STEPS.targetMoved],
  ])('%s: one entry, one stop, one target', async (_what, steps) => {
    setPrice(PRICE, 0.001);
    let all: Owned[] = [];
    await kills.killAt(steps, async () => (all = await kills.ask(steps.length, BARRIERS)));
    await kills.areArmed(all);
    await kills.areProtected(all);
    setPrice(PRICE * 0.98);
    await expectEnded(all, 'stop_loss');
  });
});

/** Takes the stop of a trade away at the venue, long ago for the books. */
async function takeStopAway({ deployment: { deploymentId, walletAddress }, trade }: Owned): Promise<void> {
  const { id: tradeId } = await trade.reaches('open');
  const key = await system.db.tradingKey.findFirstOrThrow({ where: { deploymentId, venue: 'ostium' } });
  const sealed = { ...key, sealed: Uint8Array.from(key.sealed) };
  const provider = new JsonRpcProvider(ostium.rpcUrl, ostium.chainId, { staticNetwork: true });
  const delegate = new OstiumTrader(openSealedKey([TEST_MASTER_KEY], sealed).privateKey, provider, ostium);
  const data = TRADING.encodeFunctionData('updateSl', [EUR_USD, 0, 0n]);
  await delegate.send(delegate.trading, 'delegatedAction', walletAddress, data);
  provider.destroy();
  const answeredAt = new Date(Date.now() - 60_000);
  await system.db.order.updateMany({ where: { tradeId }, data: { answeredAt } });
}

describe('killed while a person adjusts', () => {
  const barriers: Barriers = { stopLoss: { pct: 2 }, takeProfits: [{ pct: 4, fraction: 1 }] };

  async function expectSoundAdjustment(all: readonly Owned[], steps: readonly string[]): Promise<void> {
    const asked = Promise.withResolvers<void>();
    await kills.killAt(steps, () => asked.resolve(kills.adjust(all, barriers)));
    await asked.promise;
    await kills.areAdjusted(all, PRICE * 0.98);
    await kills.areProtected(all);
    setPrice(PRICE * 0.97);
    await expectEnded(all, 'stop_loss');
  }

  test('the stop: the new exits rest once, and are audited once', async () => {
    const steps = [...STEPS.stopMoved, ...STEPS.adjust];
    await expectSoundAdjustment(await kills.open(steps.length, BARRIERS), steps);
  });

  test('a stop that is gone: another rests once, and the change is audited once', async () => {
    const all = await kills.open(STEPS.stopSent.length, BARRIERS);
    await Promise.all(all.map(takeStopAway));
    await expectSoundAdjustment(all, STEPS.stopSent);
  });

  test('the target: the new exits rest once, and are audited once', async () => {
    const steps = [...STEPS.cancel, ...STEPS.targetSent];
    await expectSoundAdjustment(await kills.open(steps.length, BARRIERS), steps);
  });
});

test('killed while targets are fired, and again while what is left is closed: each part is closed once', async () => {
  const takeProfits = [
    { pct: 1, fraction: 0.5 },
    { pct: 3, fraction: 0.5 },
  ];
  const all = await kills.open(STEPS.exit.length, { stopLoss: { pct: 1 }, takeProfits });
  await kills.killAt(STEPS.targetSent, () => setPrice(PRICE * 1.012));
  const hasHalf = async ({ trade }: Owned) => {
    const details = await trade.details();
    return Number(details?.remainingSize) < Number(details?.entrySize) * 0.6;
  };
  for (const each of all) await until('the first target', () => hasHalf(each));
  await kills.killAt(STEPS.exit, () => kills.close(all));
  await expectEnded(all, 'force_close');
  for (const { trade } of all) expect((await trade.details())?.fills).toHaveLength(3);
});
