import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  expectClean,
  startTradingSystem,
  until,
  type TestDeployment,
  type TestSignal,
  type TestTrade,
  type TradingSystem,
} from '../support/trading-system.ts';

const SKEWED_CLOCK = new URL('../support/skewed-clock.ts', import.meta.url);
const DAY_MS = 86_400_000;

let system: TradingSystem;

beforeAll(async () => {
  system = await startTradingSystem();
});
afterAll(() => system?.stop());

interface Open {
  deployment: TestDeployment;
  trade: TestTrade;
}

async function open(signal: TestSignal): Promise<Open> {
  const deployment = await system.deploy();
  const trade = await system.signal(deployment, signal);
  await trade.untilArmed();
  return { deployment, trade };
}

async function expectEnd(reason: string, { deployment, trade }: Open): Promise<void> {
  expect((await trade.reaches('closed')).exitReason).toBe(reason);
  await expectClean(system, deployment);
}

/** Until the watcher has moved the stop of a trade there, which it does only where it sees prices. */
const stopAt = ({ trade }: Open, price: number): Promise<true> =>
  until(`the stop at ${price}`, async () => {
    const details = await trade.details();
    return Math.abs(Number(details?.stopPrice) - price) < price / 10_000;
  });

test('a worker whose clock jumps by days, ahead and back, closes nothing early and nothing twice', async () => {
  const file = join(system.stateDir, 'clock-skew');
  const jump = (ms: number): void => writeFileSync(file, String(ms));
  jump(0);
  await system.startWorker({
    env: {
      NODE_OPTIONS: `--import ${pathToFileURL(SKEWED_CLOCK.pathname).href}`,
      TEST_CLOCK_SKEW_FILE: file,
    },
  });
  for (const symbol of ['BTC', 'ETH', 'SOL']) system.sandbox.setPrice(symbol, 1_000);
  const trail = { stopLoss: { pct: 10 }, trailing: [{ activatesAtPct: 0, distancePct: 1 }] };
  const held = await open({ symbol: 'BTC', barriers: { ...trail, timeLimitMs: DAY_MS } });
  const stopped = await open({ symbol: 'ETH', barriers: { stopLoss: { pct: 5 } } });

  jump(3 * DAY_MS);
  system.sandbox.setPrice('BTC', 1_100);
  await stopAt(held, 1_089);
  system.sandbox.setPrice('ETH', 940);
  await expectEnd('stop_loss', stopped);

  jump(-DAY_MS);
  system.sandbox.setPrice('BTC', 1_200);
  await stopAt(held, 1_188);

  jump(0);
  const later = await open({ symbol: 'SOL', side: 'short', barriers: { stopLoss: { pct: 5 } } });
  system.sandbox.setPrice('SOL', 1_060);
  await expectEnd('stop_loss', later);
  expect((await held.trade.details())?.phase).toBe('open');
  system.sandbox.setPrice('BTC', 1_180);
  await expectEnd('trailing_stop', held);
}, 180_000);
