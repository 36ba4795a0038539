import { Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Logger } from 'pino';
import type { EntriesAhead } from '#activities/entry/activities.ts';
import type { Symbol } from '#domain/ids.ts';
import { createChangeListener } from '#prisma/change-listener.ts';
import type { Database } from '#prisma/client.ts';
import {
  readSignalAnnouncement,
  SIGNAL_CHANNEL,
  type SignalAnnouncement,
} from '#prisma/repositories/signal-announcements.ts';
import { markSignalFannedOut } from '#prisma/repositories/signals.ts';
import { tradeStart, type TradeInput } from '#workflows/messages.ts';
import type { WorkerContext } from './worker-options.ts';

interface SignalStarterDeps {
  db: Database;
  databaseUrl: string;
  now(): number;
  ahead: EntriesAhead;
  logger: Logger;
}

const START_TIMEOUT_MS = 5_000;
/** Interval at which the connection is checked. */
const ENSURE_INTERVAL_MS = 1_000;

/**
 * Starts the trades of announced signals, and enters each as soon as its workflow exists: the workflow's own step
 * then finds the entry under way. The signal's fan-out starts every trade that is not started here. Returns how to
 * stop.
 */
export function startAnnouncedSignals(context: WorkerContext, deps: SignalStarterDeps): () => Promise<void> {
  const { connection, namespace, dataConverter } = context;
  const client = new Client({ connection, namespace, ...(dataConverter ? { dataConverter } : {}) });
  const underWay = new Set<Promise<unknown>>();
  const listener = createChangeListener(deps.databaseUrl, SIGNAL_CHANNEL, (payload) => {
    const announcement = readSignalAnnouncement(payload);
    if (announcement) void send(announcement);
  });

  async function send({ signalId, symbol, deploymentIds, isWhole }: SignalAnnouncement): Promise<void> {
    try {
      await Promise.all(deploymentIds.map((deploymentId) => start({ signalId, deploymentId }, symbol)));
      if (isWhole) await markSignalFannedOut(deps.db, signalId, deps.now());
    } catch (err) {
      deps.logger.warn({ err, signalId }, 'an announced signal is left to its fan-out');
    }
  }

  async function start(input: TradeInput, symbol: Symbol): Promise<void> {
    const announced = { ...input, symbol };
    const { entering } = await deps.ahead.begin(announced, () => startTrade(client, input));
    const entry = entering.finally(() => underWay.delete(entry));
    underWay.add(entry);
  }

  const ensure = (): Promise<void> =>
    listener.ensure().catch((err: unknown) => deps.logger.warn({ err }, 'announced signals are not heard'));
  void ensure();
  const timer = setInterval(() => void ensure(), ENSURE_INTERVAL_MS);
  return async () => {
    clearInterval(timer);
    await listener.close();
    await Promise.all(underWay);
  };
}

/**
 * Starts a trade's workflow; returns false when it exists already. The first task comes with the server's answer, to
 * this process's worker.
 */
async function startTrade(client: Client, input: TradeInput): Promise<boolean> {
  try {
    await client.withDeadline(Date.now() + START_TIMEOUT_MS, () =>
      client.workflow.start('tradeLifecycle', {
        ...tradeStart(input),
        workflowIdReusePolicy: 'REJECT_DUPLICATE',
        requestEagerStart: true,
      }),
    );
    return true;
  } catch (error) {
    if (error instanceof WorkflowExecutionAlreadyStartedError) return false;
    throw error;
  }
}
