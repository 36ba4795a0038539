import { setTimeout as delay } from 'node:timers/promises';
import type { Fault } from '#sandbox/hyperliquid/exchange/faults.ts';
import type { HyperliquidSandbox } from '#sandbox/hyperliquid/server.ts';
import type { Fault as OstiumFault } from '#sandbox/ostium/control/faults.ts';
import type { OstiumSandbox } from '#sandbox/ostium/server.ts';
import type { HyperliquidTrouble, OstiumTrouble } from '../plan.ts';

const HALF = 0.5;

/** Makes one kind of trouble at Hyperliquid for `ms`, or for one request where it is about one. */
export function troubleHyperliquid(sandbox: HyperliquidSandbox, kind: HyperliquidTrouble, ms: number): void {
  if (kind === 'dropSockets') sandbox.control({ type: 'dropSockets' });
  else if (kind === 'freezeStreams') sandbox.control({ type: 'freezeStreams', durationMs: ms });
  else if (kind === 'payFunding') sandbox.control({ type: 'payFunding' });
  else sandbox.control({ type: 'fault', fault: hyperliquidFault(kind, ms) });
}

function hyperliquidFault(
  kind: Exclude<HyperliquidTrouble, 'dropSockets' | 'freezeStreams' | 'payFunding'>,
  ms: number,
): Fault {
  const lasting = { durationMs: ms };
  const longer = { durationMs: 2 * ms };
  const faults: Record<typeof kind, Fault> = {
    loseOrder: { kind: 'loseRequest', action: 'order' },
    loseOrderAnswer: { kind: 'loseAnswer', action: 'order' },
    loseModifyAnswer: { kind: 'loseAnswer', action: 'modify' },
    loseCancelAnswer: { kind: 'loseAnswer', action: 'cancel' },
    lateOrders: { kind: 'delay', ms, action: 'order', count: 2 },
    lateReads: { kind: 'delay', ms: ms / 2, action: 'info', ...lasting },
    partialFill: { kind: 'partialFill', fraction: HALF },
    tooMany: { kind: 'http', status: 429, action: 'exchange', ...lasting },
    serverErrors: { kind: 'http', status: 503, action: 'exchange', ...lasting },
    readErrors: { kind: 'http', status: 502, action: 'info', ...lasting },
    staleFills: { kind: 'stale', ms, action: 'fills', ...longer },
    stalePositions: { kind: 'stale', ms, action: 'account', ...longer },
    staleOpenOrders: { kind: 'stale', ms, action: 'openOrders', ...longer },
    staleStatus: { kind: 'stale', ms: ms / 2, action: 'status', ...longer },
    noStatus: { kind: 'noStatus' },
    postOnly: { kind: 'postOnly', ...lasting },
    reduceOnlyMinimum: { kind: 'reduceOnlyMinimum', ...longer },
  };
  return faults[kind];
}

/** Makes one kind of trouble at Ostium; what lasts is over after `ms`. */
export async function troubleOstium(sandbox: OstiumSandbox, kind: OstiumTrouble, ms: number): Promise<void> {
  await sandbox.control.fault(ostiumFault(kind, ms));
}

function ostiumFault(kind: OstiumTrouble, ms: number): OstiumFault {
  const lasting = { durationMs: ms };
  const method = 'eth_sendRawTransaction';
  const faults: Record<OstiumTrouble, OstiumFault> = {
    loseSend: { kind: 'rpcLoseRequest', method },
    loseSendAnswer: { kind: 'rpcLoseAnswer', method },
    noReceipt: { kind: 'rpcNull', method: 'eth_getTransactionReceipt', count: 3 },
    rpcErrors: { kind: 'rpcStatus', status: 503, ...lasting },
    rpcLate: { kind: 'rpcDelay', ms: ms / 4, ...lasting },
    keeperSlow: { kind: 'keeperSlow', delayMs: ms / 2, ...lasting },
    pricesStale: { kind: 'pricesStale', ...lasting },
    graphDown: { kind: 'graphDown', ...lasting },
    reorganise: { kind: 'reorg', depth: 2 },
    dropBlock: { kind: 'reorg', depth: 1, drop: true },
  };
  return faults[kind];
}

/** What is left of the account: less than any position needs. */
const BROKE_USDC = 1;

/**
 * Takes nearly all money of an account for `ms`, so that the venue liquidates what it holds at the next price; then
 * gives it back, so that later trades have margin.
 */
export async function liquidate(sandbox: HyperliquidSandbox, address: string, ms: number): Promise<void> {
  const account = sandbox.state().accounts.find(({ address: each }) => each === address);
  if (!account) return;
  const taken = Number(account.accountValue) - BROKE_USDC;
  sandbox.control({ type: 'fund', address, usdc: -taken });
  await delay(ms);
  sandbox.control({ type: 'fund', address, usdc: taken });
}
