// A venue in a thread of its own, so that its work is not counted as routing: `workerData` names its perpetuals.
import { parentPort, workerData } from 'node:worker_threads';
import { z } from 'zod';
import { startHyperliquidSandbox } from '#sandbox/hyperliquid/server.ts';

const names = z.array(z.string()).parse(workerData);
const sandbox = await startHyperliquidSandbox({
  universe: names.map((name) => ({ name, szDecimals: 2, maxLeverage: 10, marginTableId: 10, basePx: '100' })),
});
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows; a port has no origin
parentPort?.postMessage(sandbox.url);
