// A sandbox in a thread of its own, so that its work is not counted as the caller's.
import { parentPort, workerData } from 'node:worker_threads';
import { startHyperliquidSandbox, type HyperliquidSandboxOptions } from '#sandbox/hyperliquid/server.ts';

const options: HyperliquidSandboxOptions = workerData;
const sandbox = await startHyperliquidSandbox(options);
// oxlint-disable-next-line unicorn/require-post-message-target-origin -- that is for windows; a port has no origin
parentPort?.postMessage(sandbox.url);
