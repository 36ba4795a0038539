import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { RoleProcess } from '#process/role.ts';
import {
  expectClean,
  startTradingSystem,
  until,
  type TestDeployment,
  type TestSignal,
  type TestTrade,
  type TradingSystem,
} from '../support/trading-system.ts';

let system: TradingSystem;

beforeAll(async () => {
  system = await startTradingSystem();
});
afterAll(() => system?.stop());

const SKEWED_CLOCK = new URL('../support/skewed-clock.ts', import.meta.url);
const TRAIL = { stopLoss: { pct: 10 }, trailing: [{ activatesAtPct: 0, distancePct: 1 }] };
/** Keeps prices watched without ever closing. */
const BYSTANDER = { stopLoss: { pct: 60 }, trailing: [{ activatesAtPct: 0, distancePct: 50 }] };

const skewed = (skewMs: number) => ({
  NODE_OPTIONS: `--import ${pathToFileURL(SKEWED_CLOCK.pathname).href}`,
  TEST_CLOCK_SKEW_MS: String(skewMs),
});

interface Watched {
  deployment: TestDeployment;
  trade: TestTrade;
}

async function watched(signal: TestSignal): Promise<Watched> {
  const deployment = await system.deploy();
  const trade = await system.signal(deployment, signal);
  await trade.untilArmed();
  return { deployment, trade };
}

const stopOf = async ({ trade }: Watched) => Number((await trade.details())?.stopPrice);

/** Until the watcher has moved the resident stop there: it has seen the price, and not one from before the trade. */
const stopAt = (watch: Watched, price: number) =>
  until(`the stop at ${price}`, async () => Math.abs((await stopOf(watch)) - price) < price / 10_000);

/** Until the watcher has written down that it looked at the price after the trade was armed. */
const seen = ({ trade }: Watched) =>
  until('a bar', async () => {
    const { symbol, armedAt } = await system.db.watch.findFirstOrThrow({
      where: { trade: { signalId: trade.signalId } },
    });
    return system.db.priceBar.findFirst({ where: { symbol, seenUntil: { gte: armedAt } } });
  });

async function kill(worker: RoleProcess): Promise<void> {
  process.kill(worker.identity.pid, 'SIGKILL');
  await worker.exited;
}

async function expectEnd(reason: string, { deployment, trade }: Watched): Promise<void> {
  expect((await trade.reaches('closed')).exitReason).toBe(reason);
  await expectClean(system, deployment);
}

describe('prices from before a trade was armed', () => {
  test.each([
    ['BTC', 30_000, -30_000],
    ['ETH', -30_000, 30_000],
  ])(
    '%s: mean nothing to it, though watcher and trader are a minute apart',
    async (symbol, ahead, behind) => {
      system.sandbox.setPrice(symbol, 1_000);
      const trader = await system.startWorker({ roles: ['trading', 'pipeline'], env: skewed(behind) });
      const watcher = await system.startWorker({ roles: ['watch'], env: skewed(ahead) });
      await watched({ symbol, barriers: BYSTANDER });
      for (const price of [1_050, 1_000]) system.sandbox.setPrice(symbol, price);
      const watch = await watched({ symbol, barriers: TRAIL });
      system.sandbox.setPrice(symbol, 1_010);
      await stopAt(watch, 999.9);
      await kill(watcher);
      const successor = await system.startWorker({ roles: ['watch'], env: skewed(behind) });
      system.sandbox.setPrice(symbol, 1_020);
      await stopAt(watch, 1_009.8);
      system.sandbox.setPrice(symbol, 1_009);
      await expectEnd('trailing_stop', watch);
      await Promise.all([trader.stop(), successor.stop()]);
    },
  );

  test('in the same bar mean nothing, and what came after in the same minute does', async () => {
    system.sandbox.setPrice('SOL', 100);
    const worker = await system.startWorker();
    await watched({ symbol: 'SOL', barriers: BYSTANDER });
    for (const price of [105, 100]) system.sandbox.setPrice('SOL', price);
    const [quiet, crossed] = [
      await watched({
        symbol: 'SOL',
        barriers: { ...TRAIL, trailing: [{ activatesAtPct: 8, distancePct: 1 }] },
      }),
      await watched({ symbol: 'SOL', barriers: TRAIL }),
    ];
    await seen(crossed);
    await kill(worker);
    for (const price of [106, 103]) system.sandbox.setPrice('SOL', price);
    const successor = await system.startWorker();
    await expectEnd('trailing_stop', crossed);
    // Its trail begins at 108: neither the 105 of before nor the 106 has anything to say to it.
    system.sandbox.setPrice('SOL', 110);
    await stopAt(quiet, 108.9);
    system.sandbox.setPrice('SOL', 108.5);
    await expectEnd('trailing_stop', quiet);
    await successor.stop();
  });
});

test('a flash move through target and stop between two looks closes once, by what came first', async () => {
  system.sandbox.setPrice('LINK', 20);
  const worker = await system.startWorker();
  const barriers = { stopLoss: { pct: 5 }, takeProfits: [{ pct: 4, fraction: 1 }] };
  const long = await watched({ symbol: 'LINK', barriers });
  const short = await watched({ symbol: 'LINK', side: 'short', barriers });
  await kill(worker);
  for (const price of [21.2, 18.8, 20]) system.sandbox.setPrice('LINK', price);
  const successor = await system.startWorker();
  await expectEnd('take_profit', long);
  await expectEnd('stop_loss', short);
  await successor.stop();
});
