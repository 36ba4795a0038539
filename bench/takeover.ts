import { openAtTrail, type PricedSetup } from './latency-sample.ts';
import type { Call } from './setup.ts';
import { preciseNow } from '#sandbox/precise-now.ts';

/**
 * Measures from the death of the worker (`kill -9`) to the closing order for a price that crosses a trail while no
 * watcher runs. The supervisor starts the worker again at once.
 */
export async function measureTakeover(setup: PricedSetup, call: Call, workerPid: number): Promise<number> {
  const trade = await openAtTrail(setup, call);
  await new Promise((resolve) => setTimeout(resolve, 1_500));
  const killedAt = preciseNow();
  process.kill(workerPid, 'SIGKILL');
  await trade.fall();
  const order = await trade.closingOrder(killedAt);
  await trade.over();
  return order.receivedAt - killedAt;
}
