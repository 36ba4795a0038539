import { afterAll, beforeAll, expect, test } from 'vitest';
import { adjustBarriersUpdate, fillsBookedSignal } from '#workflows/messages.ts';
import {
  expectClean,
  startTradingSystem,
  until,
  type TestDeployment,
  type TestTrade,
  type TradingSystem,
} from '#tests/support/trading-system.ts';

let system: TradingSystem;

beforeAll(async () => {
  system = await startTradingSystem();
  await system.startWorker();
});
afterAll(() => system?.stop());

const handleOf = (trade: TestTrade) => system.temporal.workflow.getHandle(trade.workflowId);

async function armed(
  symbol: string,
  price: number,
): Promise<{ deployment: TestDeployment; trade: TestTrade }> {
  system.sandbox.setPrice(symbol, price);
  const deployment = await system.deploy();
  const trade = await system.signal(deployment, {
    symbol,
    barriers: { stopLoss: { pct: 8 }, trailing: [{ activatesAtPct: 0, distancePct: 2 }] },
  });
  await trade.untilArmed();
  return { deployment, trade };
}

const historyLength = async (trade: TestTrade): Promise<number> =>
  (await handleOf(trade).describe()).historyLength;

test('a trail that moves its stop again and again costs the workflow of the trade no event', async () => {
  const { deployment, trade } = await armed('ETH', 3_000);
  let price = 3_000;
  const follow = async (moves: number) => {
    for (let move = 0; move < moves; move += 1) {
      price *= 1.01;
      system.sandbox.setPrice('ETH', Number(price.toPrecision(5)));
      const wanted = price * 0.98 * 0.999;
      await until('the stop to follow', async () => Number((await trade.details())?.stopPrice) > wanted);
    }
  };
  // By then the fills of the entry have been reported, which costs events of their own.
  await follow(5);
  const before = await historyLength(trade);
  await follow(20);
  const moves = (await trade.details())?.events.filter(({ type }) => type === 'stop_moved') ?? [];
  expect(moves.length).toBeGreaterThanOrEqual(20);
  expect(await historyLength(trade)).toBe(before);
  system.sandbox.setPrice('ETH', price * 0.97);
  expect((await trade.reaches('closed')).exitReason).toBe('trailing_stop');
  await expectClean(system, deployment);
});

test('a look at a quiet position costs the workflow a handful of events', async () => {
  const { deployment, trade } = await armed('AVAX', 40);
  const looks = async () => {
    const { events } = await handleOf(trade).fetchHistory();
    const types = (events ?? []).map(
      ({ activityTaskScheduledEventAttributes: scheduled }) => scheduled?.activityType?.name,
    );
    return types.filter((name) => name === 'reviewPosition').length;
  };
  const [before, looksBefore] = [await historyLength(trade), await looks()];
  for (let turn = 1; turn <= 5; turn += 1) {
    await handleOf(trade).signal(fillsBookedSignal);
    await until('the look', async () => (await looks()) >= looksBefore + turn);
  }
  // The signal, two workflow tasks, the activity and a timer: as much as a look by the timer.
  expect((await historyLength(trade)) - before).toBeLessThanOrEqual(5 * 12);
  await handleOf(trade).signal('forceClose', {});
  await trade.reaches('closed');
  await expectClean(system, deployment);
});

test('a trade that has heard much goes on in a new run, and loses nothing that is said meanwhile', async () => {
  const { deployment, trade } = await armed('SOL', 150);
  const first = (await handleOf(trade).describe()).runId;
  const stops: string[] = [];
  for (let turn = 1; turn <= 25; turn += 1) {
    const reports = Array.from({ length: 10 }, () => handleOf(trade).signal(fillsBookedSignal));
    const price = String(110 + turn);
    const update = handleOf(trade).executeUpdate(adjustBarriersUpdate, {
      args: [{ barriers: { stopLoss: { price } }, by: 'test' }],
    });
    const [state] = await Promise.all([update, ...reports]);
    stops.push(state.stopPrice ?? '');
  }
  expect(stops).toEqual(Array.from({ length: 25 }, (_, turn) => String(111 + turn)));
  const { runId, historyLength: length } = await handleOf(trade).describe();
  expect(runId).not.toBe(first);
  expect(length).toBeLessThan(700);

  await handleOf(trade).signal('forceClose', {});
  expect((await trade.reaches('closed')).exitReason).toBe('force_close');
  await expectClean(system, deployment);
});
