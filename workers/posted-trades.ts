import { Client, WorkflowExecutionAlreadyStartedError } from '@temporalio/client';
import type { Logger } from 'pino';
import type { Entry } from '#activities/entry/activities.ts';
import type { TradeSubject } from '#domain/trade-subject.ts';
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

interface PostedTradesDeps {
  db: Database;
  databaseUrl: string;
  now(): number;
  earlyEntries: Entry['earlyEntries'];
  logger: Logger;
}

const START_TIMEOUT_MS = 5_000;
/** Interval at which the listening connection is checked. */
const ENSURE_INTERVAL_MS = 1_000;

/**
 * Listens for posted signals, starts a workflow for each of their trades, and begins each trade's early entry. The
 * signal's fan-out starts every trade that is not started here. Returns what stops listening and awaits the entries
 * under way.
 */
export function startPostedTrades(context: WorkerContext, deps: PostedTradesDeps): () => Promise<void> {
  const { connection, namespace, dataConverter } = context;
  const client = new Client({ connection, namespace, dataConverter });
  const underWay = new Set<Promise<unknown>>();
  const listener = createChangeListener(deps.databaseUrl, SIGNAL_CHANNEL, (payload) => {
    const announcement = readSignalAnnouncement(payload);
    if (announcement) void send(announcement);
  });

  async function send(announcement: SignalAnnouncement): Promise<void> {
    const { signalId, deploymentIds, isWhole } = announcement;
    try {
      await Promise.all(deploymentIds.map((deploymentId) => start({ signalId, deploymentId }, announcement)));
      if (isWhole) await markSignalFannedOut(deps.db, signalId, deps.now());
    } catch (err) {
      deps.logger.warn({ err, signalId }, 'a posted signal is left to its fan-out');
    }
  }

  async function start(input: TradeInput, subject: TradeSubject): Promise<void> {
    const begun = { ...input, symbol: subject.symbol };
    const { entering } = await deps.earlyEntries.begin(begun, () => startTrade(client, input, subject));
    const entry = entering.finally(() => underWay.delete(entry));
    underWay.add(entry);
  }

  const ensure = (): Promise<void> =>
    listener.ensure().catch((err: unknown) => deps.logger.warn({ err }, 'posted signals are not heard'));
  void ensure();
  const timer = setInterval(() => void ensure(), ENSURE_INTERVAL_MS);
  return async () => {
    clearInterval(timer);
    await listener.close();
    await Promise.all(underWay);
  };
}

/**
 * Starts a trade's workflow; returns false when it exists already. The server returns the first task with the start, to
 * a worker of this process.
 */
async function startTrade(client: Client, input: TradeInput, subject: TradeSubject): Promise<boolean> {
  try {
    await client.withDeadline(Date.now() + START_TIMEOUT_MS, () =>
      client.workflow.start('tradeLifecycle', {
        ...tradeStart(input, subject),
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
