import { openAtTrail, type PricedFloor } from './latency-sample.ts';
import type { Call } from './trading-floor.ts';
import { preciseNow } from '#sandbox/precise-now.ts';

/**
 * From the death of the worker, as by `kill -9`, to the closing order for a price that crosses a trail while nobody
 * watches. The worker is started again at once, by who started it.
 */
export async function measureTakeover(floor: PricedFloor, call: Call, workerPid: number): Promise<number> {
  const trade = await openAtTrail(floor, call);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const killedAt = preciseNow();
  process.kill(workerPid, 'SIGKILL');
  await trade.fall();
  const order = await trade.closingOrder(killedAt);
  await trade.over();
  return order.receivedAt - killedAt;
}
